//! The talk's table in its own shape: tasks 1, 10 and 100 by CPUs 1, 4 and 16, and its ratios beside ours.
//!
//! The number of CPUs is set for a process, so each number is measured by this program called again. A machine with fewer
//! CPUs than a column asks for gets no figure there.

use super::{NAIVE, READ_EVERY, contenders, copy, go};
use crate::measure::{self, Contender};
use crate::options::Options;
use crate::report::{Facts, Report, figure};
use serde_json::{Value, json};
use std::process::{Command, ExitCode, Stdio};

const TASKS: [usize; 3] = [1, 10, 100];
/// The talk's four, under our names for them.
const ATOMIC: &str = "AtomicU64";
const MUTEX: &str = "std Mutex";
const CHANNEL: &str = "std rendezvous, answered";

pub(crate) fn measure(options: &Options, report: &mut Report) {
    let there = std::thread::available_parallelism().map_or(1, usize::from);
    let mut head = vec![String::new()];
    for cpus in &options.cpus {
        head.extend(TASKS.map(|tasks| format!("{cpus} CPU, {tasks}")));
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut ratios: Vec<Vec<String>> = Vec::new();
    for (nth, &cpus) in options.cpus.iter().enumerate() {
        if cpus > there {
            continue;
        }
        report.progress(&format!("the talk's table, {cpus} CPUs"));
        let measured = held(cpus, options);
        for (name, ns) in &measured {
            let at = rows.iter().position(|row| row[0] == *name).unwrap_or_else(|| {
                rows.push(
                    std::iter::once(name.clone())
                        .chain(vec!["-".to_owned(); TASKS.len() * options.cpus.len()])
                        .collect(),
                );
                rows.len() - 1
            });
            for (i, ns) in ns.iter().enumerate() {
                rows[at][1 + nth * TASKS.len() + i] = figure(*ns);
            }
        }
        let find = |name: &str| measured.iter().find(|(found, _)| found == name).map(|(_, ns)| ns);
        for (i, tasks) in TASKS.iter().enumerate() {
            let by = |prefix: &str, a: &str, b: &str| {
                let (a, b) = (find(&format!("{prefix}{a}")), find(&format!("{prefix}{b}")));
                a.zip(b).map_or("-".to_owned(), |(a, b)| figure(a[i] / b[i]))
            };
            for (whose, prefix, names) in
                [("Rust", "", [CHANNEL, MUTEX, ATOMIC, NAIVE]), ("Go", "Go ", ["channel", "mutex", "atomic", "naive"])]
            {
                let [channel, mutex, atomic, naive] = names;
                let three = [by(prefix, channel, atomic), by(prefix, mutex, atomic), by(prefix, atomic, naive)];
                if three.iter().any(|one| one != "-") {
                    ratios.push(std::iter::once(format!("{whose}, {cpus} CPUs, {tasks} tasks")).chain(three).collect());
                }
            }
        }
    }
    let mut notes = vec!["ns an operation, the talk's counter: add 1, read once in 1,000 adds".to_owned()];
    for cpus in options.cpus.iter().filter(|cpus| **cpus > there) {
        notes.push(format!("{cpus} CPUs: not measured, this machine has {there}"));
    }
    notes.extend(go::missing());
    report.facts.push(Facts { name: "talk", title: "The talk's table".to_owned(), head, rows, notes });
    ratios.insert(0, vec!["the talk".to_owned(), "45".to_owned(), "9".to_owned(), "3".to_owned()]);
    ratios.insert(1, vec!["Go on newer hardware".to_owned(), "34".to_owned(), "2.7".to_owned(), "18".to_owned()]);
    let head = ["", "channel to atomic", "mutex to atomic", "atomic to naive"].map(str::to_owned).to_vec();
    let title = "The talk's ratios".to_owned();
    report.facts.push(Facts { name: "talk-ratios", title, head, rows: ratios, notes: Vec::new() });
}

/// This program again, held to so many CPUs.
fn held(cpus: usize, options: &Options) -> Vec<(String, Vec<f64>)> {
    let output = std::env::current_exe().and_then(|program| {
        Command::new(program)
            .args(["--talk-child", &cpus.to_string(), "--runs", &options.runs.to_string()])
            .args(["--milliseconds", &((options.nanoseconds / 1e6) as u64).max(1).to_string()])
            .stderr(Stdio::inherit())
            .output()
    });
    match output {
        Ok(output) if output.status.success() => lines(&String::from_utf8_lossy(&output.stdout)),
        _ => Vec::new(),
    }
}

/// `{"name": .., "ns": [..]}`, line by line.
fn lines(text: &str) -> Vec<(String, Vec<f64>)> {
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        let ns: Vec<f64> = value["ns"].as_array()?.iter().filter_map(Value::as_f64).collect();
        (ns.len() == TASKS.len()).then(|| Some((value["name"].as_str()?.to_owned(), ns)))?
    };
    text.lines().filter_map(line).collect()
}

/// One number of CPUs.
pub(crate) fn child(cpus: usize, options: &Options) -> ExitCode {
    if let Err(error) = hold_to(cpus) {
        eprintln!("raceproof-bench: this process cannot be held to {cpus} CPUs: {error}");
        return ExitCode::from(2);
    }
    let wanted = |one: &Contender| {
        let talks = [NAIVE, ATOMIC, MUTEX, CHANNEL].contains(&one.name) || one.name.starts_with("Go ");
        talks || one.kind == crate::measure::Kind::Ours
    };
    let all: Vec<Contender> = contenders().into_iter().filter(wanted).collect();
    let mut ns = vec![Vec::new(); all.len()];
    for tasks in TASKS {
        let here: Vec<Contender> = all.iter().map(copy).collect();
        let rounds = measure::interleaved(&here, tasks, options.runs, options.nanoseconds, READ_EVERY);
        for (ns, rounds) in ns.iter_mut().zip(rounds) {
            ns.push(rounds.ns().median);
        }
    }
    for (one, ns) in all.iter().zip(ns) {
        println!("{}", json!({ "name": one.name, "ns": ns }));
    }
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
fn hold_to(cpus: usize) -> std::io::Result<()> {
    // SAFETY: an all-zero set is an empty one, and the call reads as many bytes as it is told the set has.
    let done = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        for cpu in 0..cpus {
            libc::CPU_SET(cpu, &mut set);
        }
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set)
    };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

#[cfg(not(target_os = "linux"))]
fn hold_to(cpus: usize) -> std::io::Result<()> {
    match std::thread::available_parallelism()?.get() {
        there if there == cpus => Ok(()),
        there => Err(std::io::Error::other(format!("there are {there}, and no way to say so on this system"))),
    }
}
