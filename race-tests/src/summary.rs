//! `target/raceproof/summary.json`: what libtest swallows.
//!
//! Tests run side by side, in several processes too. So each rung writes a file of its own, and the summary is put
//! together from all of them under a file lock; a file is replaced whole or not at all.

use crate::orderings::Orderings;
use crate::subject::Subject;
use crate::verdict::{Fate, RungReport, Verdict, adjective};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes what a rung did. Returns what to tell the user if it cannot.
pub(crate) fn write(subject: &Subject, report: &RungReport) -> Option<String> {
    let left_out: Vec<Value> =
        subject.left_out().map(|(method, reason)| json!({ "method": method, "reason": reason })).collect();
    write_as(&subject.inner.path, left_out, report)
}

/// The same for a race test.
pub(crate) fn write_free(path: &str, report: &RungReport) -> Option<String> {
    write_as(path, Vec::new(), report)
}

fn write_as(path: &str, left_out: Vec<Value>, report: &RungReport) -> Option<String> {
    let folder = folder()?;
    let result = write_in(&folder, path, left_out, report);
    result.err().map(|error| format!("{}: {error}; there is no summary of this run", folder.display()))
}

/// Writes a study of orderings to `target/raceproof/orderings/`. Returns what to tell the user if it cannot.
pub(crate) fn write_orderings(subject: &Subject, report: &Orderings) -> Option<String> {
    let path = folder()?.join("orderings").join(format!("{}.txt", file_name(&subject.inner.path)));
    let result = replace(&path, &report.to_string());
    result.err().map(|error| format!("{}: {error}; the report is above", path.display()))
}

/// A test's path, as a file's name.
fn file_name(path: &str) -> String {
    path.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect()
}

fn write_in(folder: &Path, path: &str, left_out: Vec<Value>, report: &RungReport) -> io::Result<()> {
    let name = file_name(path);
    let parts = folder.join("parts");
    std::fs::create_dir_all(&parts)?;
    let lock = std::fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    replace(&parts.join(format!("{name}.{}.json", report.rung)), &entry(path, left_out, report).to_string())?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(&parts)?.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    let entries: Vec<Value> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|file| serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok())
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "version": 1, "rungs": entries }))?;
    replace(&folder.join("summary.json"), &(text + "\n"))
}

fn entry(path: &str, left_out: Vec<Value>, report: &RungReport) -> Value {
    let (why, finding) = match &report.verdict {
        Verdict::Exhausted => (None, None),
        Verdict::Bounded(why) | Verdict::Unknown(why) => (Some(why.clone()), None),
        Verdict::Violation(finding) => (None, Some(json!({ "headline": finding.headline(), "token": finding.token }))),
    };
    let mutants: Vec<Value> = report
        .mutants
        .iter()
        .map(|mutant| {
            let (fate, detail) = match &mutant.fate {
                Fate::Killed(rung, _) => ("killed", rung.name().to_owned()),
                Fate::Indistinguishable(why) => ("indistinguishable", why.clone()),
                Fate::Unreached(why) => ("unreached", why.clone()),
                Fate::Survived(why) => ("survived", why.clone()),
            };
            json!({ "name": mutant.name, "fate": fate, "detail": detail })
        })
        .collect();
    let levels: Vec<Value> = report
        .levels
        .iter()
        .map(|level| {
            json!({
                "method": level.method,
                "declared": adjective(level.declared),
                "stronger": adjective(level.stronger),
                "counterexample": level.counterexample,
            })
        })
        .collect();
    // A type that is gone keeps its last entry until the target directory is cleaned: the time tells.
    let written = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    json!({
        "type": path,
        "unix_time": written,
        "rung": report.rung.name(),
        "verdict": report.verdict.word().to_lowercase(),
        "why": why,
        "finding": finding,
        "scenarios": report.scenarios,
        "of": report.of,
        "executions": report.executions,
        "histories": report.histories,
        "seconds": (report.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        "bounds": report.bounds,
        "blind_spots": report.rung.blind_spots(),
        "never_overlapped": report.apart,
        "mutants": mutants,
        "levels": levels,
        "weak": report.weak.as_ref().map(|finding| json!({ "headline": finding.headline(), "token": finding.token })),
        "warnings": report.warnings,
        "left_out": left_out,
    })
}

/// `target/raceproof`, for the target directory that this test binary lies in.
fn folder() -> Option<PathBuf> {
    let binary = std::env::current_exe().ok()?;
    let target = binary.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    Some(target.join("raceproof"))
}

/// Replaces a file whole, or leaves it as it was.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, path).inspect_err(|_| drop(std::fs::remove_file(&temporary)))
}
