//! Lints every folder that is named on the standard input, one project each, and prints one line a finding:
//! project, file, line, rule, level, message. At the end: how many lines a second.

use std::{
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use raceproof_lint::Linter;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (mut lines, mut files, mut projects, mut skipped) = (0, 0, 0, 0);
    let start = Instant::now();
    for folder in io::stdin().lock().lines() {
        let folder = PathBuf::from(folder?);
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if std::env::var_os("NAMES").is_some() {
            eprintln!("{name}");
        }
        let began = Instant::now();
        match Linter::new(&folder).and_then(|linter| linter.with_config(raceproof_lint::Config::default()).run()) {
            Ok(report) => {
                lines += report.lines;
                files += report.files;
                projects += 1;
                skipped += report.skipped.len();
                if began.elapsed().as_secs() >= 3 {
                    eprintln!("slow: {name}: {} lines in {:.1} s", report.lines, began.elapsed().as_secs_f64());
                }
                for finding in &report.findings {
                    let Some(place) = finding.place() else { continue };
                    let file = place.file.strip_prefix(&folder).unwrap_or(Path::new("?")).display();
                    writeln!(
                        out,
                        "{name}\t{file}\t{}\t{}\t{}\t{}",
                        place.line, finding.rule, finding.level, finding.message
                    )?;
                    if std::env::var_os("LABELS").is_some() {
                        for label in &finding.labels {
                            let file = label.file.strip_prefix(&folder).unwrap_or(Path::new("?")).display();
                            writeln!(out, "\t\t{file}:{}: {}", label.line, label.text)?;
                        }
                    }
                }
            }
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    eprintln!(
        "{projects} projects, {files} files ({skipped} skipped), {lines} lines in {seconds:.1} s: {:.0} lines/s",
        lines as f64 / seconds
    );
    Ok(())
}
