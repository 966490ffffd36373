//! The counter in Go, where there is a toolchain: `go/main.go`, built once, and asked for one run after the other.
//!
//! It waits for its next line between runs, so it is measured in the same rounds as everybody else and takes no time from
//! them. The number of CPUs is what this process may use.

use crate::measure::{Contender, Kind, Rounds, Run};
use crate::report::{Facts, figure};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// An operation of an unbuffered channel: what the actor without a thread is to take half of.
pub(super) const CHANNEL: &str = "Go channel";
/// What is to take half of it.
pub(super) const SERIAL: &str = "raceproof actor, caller runs, answered";

/// None where there is no toolchain: then `missing` says what is.
pub(super) fn all() -> Vec<Contender> {
    if toolchain().is_err() {
        return Vec::new();
    }
    let go = |name, run| Contender { name, kind: Kind::Baseline, run };
    vec![
        go("Go naive", |tasks, operations| run("naive", tasks, operations)),
        go("Go atomic", |tasks, operations| run("atomic", tasks, operations)),
        go("Go mutex", |tasks, operations| run("mutex", tasks, operations)),
        go(CHANNEL, |tasks, operations| run("channel", tasks, operations)),
    ]
}

/// Why there are no rows of Go.
pub(super) fn missing() -> Option<String> {
    toolchain().as_ref().err().map(|why| format!("counters/bench/go was not run: {why}"))
}

/// The program, which waits for a line.
struct Program {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

fn toolchain() -> &'static Result<Mutex<Program>, String> {
    static PROGRAM: OnceLock<Result<Mutex<Program>, String>> = OnceLock::new();
    PROGRAM.get_or_init(|| build().map(Mutex::new))
}

fn build() -> Result<Program, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("go");
    let program = std::env::temp_dir().join(format!("raceproof-bench-go-{}", std::process::id()));
    let built = Command::new("go").args(["build", "-o"]).arg(&program).arg(".").current_dir(folder).output();
    match built {
        Ok(built) if built.status.success() => {}
        Ok(built) => return Err(format!("`go build` says: {}", String::from_utf8_lossy(&built.stderr).trim())),
        Err(error) => return Err(format!("no Go toolchain here ({error})")),
    }
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let started =
        Command::new(&program).env("GOMAXPROCS", cpus.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    // It runs, or it does not: the file has served. Where a running program cannot be removed, it stays.
    let _ = std::fs::remove_file(&program);
    let mut child = started.map_err(|error| format!("it was built, and does not start: {error}"))?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(asks), Some(answers)) => Ok(Program { child, asks, answers: BufReader::new(answers) }),
        _ => unreachable!("both were asked for"),
    }
}

fn run(way: &str, tasks: usize, operations: u64) -> Run {
    let program = toolchain().as_ref().expect("who asks for a run has seen that it is there");
    let mut program = program.lock().expect("one run at a time");
    let all = tasks as u64 * operations;
    let mut answer = String::new();
    let asked =
        writeln!(program.asks, "{way} {tasks} {operations}").and_then(|()| program.answers.read_line(&mut answer));
    let words: Vec<u64> = answer.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match (asked, words.as_slice()) {
        (Ok(_), &[nanoseconds, counted]) => {
            Run { ns: nanoseconds as f64 / all as f64, lost: all.saturating_sub(counted), operations: all }
        }
        (asked, _) => panic!("the Go program ended: {asked:?}, {:?}, it had said {answer:?}", program.child.wait()),
    }
}

/// The actor without a thread, request and reply, beside an operation of Go's unbuffered channel, in the same rounds.
pub(super) fn beside(columns: &[(String, Option<(Rounds, Rounds)>)]) -> Facts {
    let mut head = vec![String::new()];
    let mut rows = vec![vec![SERIAL.to_owned()], vec![CHANNEL.to_owned()], vec!["the one by the other".to_owned()]];
    for (name, both) in columns {
        head.push(format!("{name} tasks"));
        let [ours, theirs, ratio] = both.as_ref().map_or_else(
            || [const { String::new() }; 3],
            |(ours, theirs)| {
                let ratio = theirs.faster_than(ours);
                let [median, low, high] = [ratio.median, ratio.low, ratio.high].map(figure);
                [figure(ours.ns().median), figure(theirs.ns().median), format!("{median} ({low}-{high})")]
            },
        );
        for (row, cell) in rows.iter_mut().zip([ours, theirs, ratio]) {
            row.push(cell);
        }
    }
    let title = "Request and reply without a thread, beside an operation of Go's unbuffered channel (ns)".to_owned();
    Facts { name: "beside-go", title, head, rows, notes: vec!["aimed at: under 0.5 in every column".to_owned()] }
}
