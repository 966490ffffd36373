//! `cargo race orderings TYPE`: is each atomic ordering of a type needed?

use crate::{builtin, table};
use raceproof_test::Explorer;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// Whether the type could be studied. A built-in type is studied here; any other by the generated tests of the package
/// in the current folder, which alone can be built with it.
pub(crate) fn run(name: &str, budget: f64) -> io::Result<bool> {
    match builtin::all().into_iter().find(|one| one.subject.name() == name) {
        Some(one) => {
            let bar = table::bar(0);
            let watched = bar.clone();
            let report = Explorer::new(one.subject)
                .budget(budget)
                .watch(move |_, scenarios, executions| {
                    watched.set_message(format!("{scenarios} scenarios, {executions} executions"));
                    watched.tick();
                })
                .orderings();
            bar.finish_and_clear();
            write!(io::stdout().lock(), "{report}")?;
            Ok(report.failure.is_none())
        }
        None => of_the_project(name, budget),
    }
}

/// Runs `cargo test` with nothing but the study, and shows what it left.
fn of_the_project(name: &str, budget: f64) -> io::Result<bool> {
    let (began, target) = (SystemTime::now(), target()?);
    eprintln!("`{name}` is no built-in type: its own package's tests study it");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        // The generated tests' names end with their rung; other tests are not wanted now.
        .args(["test", "--workspace", "--quiet", "--", "_2_loom"])
        .env("RACEPROOF_ORDERINGS", name)
        .env("RACEPROOF_BUDGET", budget.to_string())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let reports = reports(&target.join("raceproof").join("orderings"), began)?;
    let mut out = io::stdout().lock();
    for report in &reports {
        write!(out, "{report}")?;
    }
    if reports.is_empty() {
        out.write_all(&output.stdout)?;
        return Err(io::Error::other(format!(
            "no generated test of this workspace explores a type called `{name}`: name it as `race_tests!` or the \
             attribute does, such as `Registry<u8, u8>`; its crate needs `raceproof-test` among its dev-dependencies"
        )));
    }
    Ok(output.status.success())
}

/// The reports that this run has written.
fn reports(folder: &Path, since: SystemTime) -> io::Result<Vec<String>> {
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for file in files {
        let file = file?;
        let path = file.path();
        if path.extension().is_some_and(|extension| extension == "txt") && file.metadata()?.modified()? >= since {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(std::fs::read_to_string).collect()
}

/// The target directory of the workspace in the current folder.
fn target() -> io::Result<PathBuf> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!(
            "a type that is not built in is looked for in a project, and {}",
            why.trim()
        )));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| io::Error::other(format!("`cargo metadata` says nothing that can be read: {error}")))?;
    match metadata["target_directory"].as_str() {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Err(io::Error::other("`cargo metadata` names no target directory")),
    }
}
