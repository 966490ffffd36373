//! Reasons, in words.

use super::{Kind, letter};
use crate::check::levels::View;
use crate::check::{self, Refutation};
use crate::detect;
use crate::explore::Clock;
use crate::history::History;
use crate::subject::Subject;
use crate::token::Engine;
use raceproof::explore::event::Event;
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::{Failure, FailureKind};

/// What code depends on that goes two ways under one schedule, and the remedy.
pub(crate) const CHANCE: [&str; 2] = [
    "the code depends on more than the schedule: the order of a `HashMap`, the time, random numbers, state that outlives \
     the execution, or whether the allocator gives the same address twice",
    "remedy: use a fixed hasher, and pass such values in; compare numbers of your own instead of addresses; until then nothing \
     can be said of the interleavings",
];

/// Orders that are told one by one; the rest is counted.
const TOLD: usize = 6;

pub(super) fn found_by(engine: Engine, execution: u64, bound: Option<usize>) -> String {
    let preemptions = match bound {
        Some(1) => ", with one preemption".to_owned(),
        Some(0) => ", without any preemption".to_owned(),
        Some(bound) => format!(", with {bound} preemptions"),
        None => String::new(),
    };
    match engine {
        Engine::Sequential => "found by the sequential rung".to_owned(),
        Engine::Loom(_) => format!("found by loom, in execution {execution} of this scenario{preemptions}"),
        Engine::Shuttle => format!("found by shuttle, in schedule {execution} of this scenario{preemptions}"),
        Engine::Threads => format!("found on real threads, in run {execution} of this scenario"),
    }
}

/// How much a finding is worth.
pub(super) fn grade(kind: Kind, engine: Engine) -> Option<String> {
    if !matches!(kind, Kind::NotLinearizable | Kind::NotSequentiallyConsistent | Kind::NotQuiescentlyConsistent) {
        return None;
    }
    Some(
        match engine {
            Engine::Loom(Clock::ProgramOrder) => {
                "definite: it needs no notion of time, the order within each thread is enough"
            }
            Engine::Loom(Clock::Observed) => {
                "definite: the calls that came one after the other did so by happens-before"
            }
            Engine::Loom(Clock::Unobserved) => {
                "weak: a call that had returned was not seen by a later one, and nothing orders the two by \
                 happens-before; a missing Release or Acquire looks like this"
            }
            Engine::Shuttle => "definite: it happens with every ordering taken as SeqCst",
            Engine::Threads => "definite: it happened on this machine",
            Engine::Sequential => return None,
        }
        .to_owned(),
    )
}

/// Why no order explains a history: every order that the level allows, and where it goes wrong.
pub(super) fn why(subject: &Subject, view: &View, level: Consistency) -> Vec<String> {
    let View { operations, history, origin } = view;
    const MOST: usize = 2_000;
    let threads = check::columns(operations);
    let refutations = check::refutations(subject, operations, history, MOST);
    let mut lines: Vec<String> = Vec::new();
    let mut told = 0;
    for refutation in &refutations {
        let line = refute(refutation, &threads, history, origin);
        if !lines.contains(&line) {
            told += 1;
            if told <= TOLD {
                lines.push(line);
            }
        }
    }
    if told > TOLD {
        let more = told - TOLD;
        let least = if refutations.len() >= MOST { "at least " } else { "" };
        lines.push(format!("and {least}{more} more orders, all in vain"));
    }
    if level == Consistency::Linearizable {
        lines.extend(real_time(&threads, history));
    }
    lines
}

/// "if A: increment() came before B: increment(), then A: get() returns 2, but it returned 1"
fn refute(
    refutation: &Refutation,
    threads: &[Vec<raceproof::explore::native::Arc<dyn crate::subject::Operation>>],
    history: &History,
    origin: &[Vec<(usize, usize)>],
) -> String {
    let mut positions = vec![0; threads.len()];
    let mut order = Vec::new();
    for &thread in &refutation.order {
        let (home, _) = origin[thread][positions[thread]];
        order.push(format!("{} {}", letter(home), threads[thread][positions[thread]].text()));
        positions[thread] += 1;
    }
    let last = order.pop().unwrap_or_default();
    let operation = &threads[refutation.thread][refutation.at];
    let seen = history.threads[refutation.thread][refutation.at]
        .outcome
        .map_or_else(|| "nothing".to_owned(), |outcome| operation.show(outcome));
    let would = match &refutation.expected {
        Some(expected) => format!("return {expected}"),
        None => "wait".to_owned(),
    };
    if order.is_empty() {
        format!("{last} would come first and {would}; it returned {seen}")
    } else {
        format!("after {}, {last} would {would}; it returned {seen}", order.join(", "))
    }
}

/// The real-time order that the reader must take into account: between parallel calls of different threads.
fn real_time(
    threads: &[Vec<raceproof::explore::native::Arc<dyn crate::subject::Operation>>],
    history: &History,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (thread, entries) in history.threads.iter().enumerate() {
        for (at, entry) in entries.iter().enumerate() {
            for (other, theirs) in history.threads.iter().enumerate() {
                // The prefix and the suffix are told by the table.
                let parallel = |start: u32| (1 << 10..1 << 30).contains(&start);
                let next = theirs.iter().position(|later| check::precedes(entry, later));
                if let Some(next) = next
                    && other != thread
                    && parallel(entry.start)
                    && parallel(theirs[next].start)
                    && lines.len() < TOLD
                {
                    lines.push(format!(
                        "{} {} had returned before {} {} was called",
                        letter(thread),
                        threads[thread][at].text(),
                        letter(other),
                        threads[other][next].text()
                    ));
                }
            }
        }
    }
    lines
}

/// What an engine's failure means.
pub(crate) fn failure(failure: &Failure, trace: &[Event]) -> Vec<String> {
    let mut lines = match failure.kind {
        FailureKind::Deadlock => detect::deadlock(trace),
        FailureKind::DataRace => {
            detect::race(trace).map(|race| race.lines()).or_else(|| detect::stopped(trace)).unwrap_or_default()
        }
        FailureKind::StepBound if !trace.is_empty() => detect::loops(trace),
        _ => Vec::new(),
    };
    if lines.is_empty() {
        lines.extend(failure.message.lines().map(str::to_owned));
        if let Some(location) = &failure.location
            && matches!(failure.kind, FailureKind::Panic | FailureKind::Invariant)
        {
            lines.push(format!("at {location}"));
        }
    }
    if failure.kind == FailureKind::Nondeterminism {
        lines.extend(CHANCE.map(str::to_owned));
    }
    if failure.kind == FailureKind::Panic && failure.message.contains("PoisonError") {
        lines.push(
            "use of a poisoned object: a thread panicked while it held this lock. The first panic is the bug to look for; \
             where the data is sound all the same, take the lock with `unwrap_or_else(PoisonError::into_inner)`"
                .to_owned(),
        );
        lines.extend(detect::poisoned(trace));
    }
    lines
}
