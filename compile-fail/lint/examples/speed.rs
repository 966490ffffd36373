//! How fast the linter is, and how much memory it takes: `cargo run --release -p raceproof-lint --example speed [lines]`.
//!
//! It makes a workspace of so many lines (2,000,000 if nothing is said) out of the packages in cargo's own cache, the
//! same ones several times if they do not suffice, and lints it in one go; nothing is downloaded. What is printed: lines
//! and seconds by the clock and by the processors, lines a second, and the most memory that the process ever had.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use raceproof_lint::{Config, Linter};

fn main() -> io::Result<()> {
    let wanted: usize =
        std::env::args().nth(1).and_then(|lines| lines.replace(['_', ','], "").parse().ok()).unwrap_or(2_000_000);
    let folder = std::env::temp_dir().join(format!("raceproof-speed-{}", std::process::id()));
    let made = make(&folder, wanted);
    let outcome = made.and_then(|lines| {
        eprintln!("a workspace of {lines} lines in {}", folder.display());
        measure(&folder)
    });
    fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &Path) -> io::Result<()> {
    let (start, before) = (Instant::now(), processor_seconds());
    let linter = Linter::new(folder).map_err(io::Error::other)?.with_config(Config::default());
    let report = linter.run().map_err(io::Error::other)?;
    let (seconds, busy) = (start.elapsed().as_secs_f64(), processor_seconds() - before);
    println!(
        "{} files, {} lines, {} findings, {} skipped",
        report.files,
        report.lines,
        report.findings.len(),
        report.skipped.len()
    );
    println!(
        "{seconds:.1} s by the clock, {busy:.1} s of the processors: {:.0} lines/s",
        report.lines as f64 / seconds
    );
    println!("{} MB at most", status("VmHWM:") / 1024);
    Ok(())
}

/// Copies packages until there are so many lines.
fn make(folder: &Path, wanted: usize) -> io::Result<usize> {
    let packages = packages()?;
    let mut lines = 0;
    for round in 0.. {
        let before = lines;
        for package in &packages {
            if lines >= wanted {
                return Ok(lines);
            }
            let name = package.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            copy(package, &folder.join(format!("{name}-copy{round}")), &mut lines)?;
        }
        if lines == before {
            return Err(io::Error::other("cargo's cache has no sources"));
        }
    }
    Ok(lines)
}

fn packages() -> io::Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.ok_or_else(|| io::Error::other("no CARGO_HOME"))?.join("registry/src");
    let mut packages = Vec::new();
    for registry in fs::read_dir(registries)? {
        packages.extend(fs::read_dir(registry?.path())?.filter_map(|entry| Some(entry.ok()?.path())));
    }
    packages.sort();
    Ok(packages)
}

fn copy(from: &Path, to: &Path, lines: &mut usize) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name), lines)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") || name == "Cargo.toml" {
            let bytes = fs::read(&path)?;
            *lines += bytes.iter().filter(|byte| **byte == b'\n').count() * usize::from(name != "Cargo.toml");
            fs::write(to.join(name), bytes)?;
        }
    }
    Ok(())
}

/// What the system says of this process; 0 where it does not.
fn status(key: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// The processors' time for this process; 0 where the system does not say.
fn processor_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses, the 12th and 13th are user and system time, in hundredths.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
