//! `cargo race bench`: what each strategy costs beside its peers, as a program of its own.
//!
//! This command has the explorer in it, and with it the feature `explore`: nothing that is measured may be built together
//! with it. So the benchmark is built and run by a cargo of its own, without features but its own, in its own profile.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufRead, BufReader, Error, IsTerminal, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const WHAT: [&str; 8] =
    ["--profile", "measure", "--package", "raceproof-bench", "--features", "peers", "--bin", "raceproof-bench"];

/// Whether the benchmark ran to its end. Its own options are handed on as they are.
pub(crate) fn bench(options: &[String]) -> Result<bool> {
    let workspace = workspace()?;
    build(&workspace)?;
    let status = cargo(&workspace, "run").arg("--quiet").args(WHAT).arg("--").args(options).status()?;
    Ok(status.success())
}

fn cargo(workspace: &Path, command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace).arg(command);
    cargo
}

/// The checkout that this command was built from: the benchmark is not published.
fn workspace() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if here.join("counters/bench/Cargo.toml").is_file() {
        return here.canonicalize();
    }
    let why = "the benchmark is in raceproof's repository and not published: run this command in a checkout of it";
    Err(Error::other(why))
}

/// Builds it, and shows how far that is: optimised over all crates at once, with all peers, it takes a minute or two.
fn build(workspace: &Path) -> Result<()> {
    let mut building = cargo(workspace, "build")
        .args(WHAT)
        .args(["--color", "never"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{elapsed:>4} {spinner} building the benchmark: {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    if std::io::stderr().is_terminal() {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    let mut words = Vec::new();
    if let Some(stderr) = building.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            let line = line?;
            bar.set_message(line.trim().to_owned());
            words.push(line);
        }
    }
    bar.finish_and_clear();
    if building.wait()?.success() {
        return Ok(());
    }
    Err(Error::other(format!("the benchmark cannot be built:\n{}", words.join("\n"))))
}
