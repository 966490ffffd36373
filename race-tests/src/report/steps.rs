//! An execution as a reader sees it: the calls in columns, and what happened step by step.

use super::table;
use crate::check;
use crate::history::History;
use crate::scenario::Scenario;
use crate::subject::Subject;
use raceproof::explore::event::{Access, Event, Outcome as EventOutcome};
use std::collections::HashMap;
use std::fmt;

/// The calls of one column of the scenario's table, with their results.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) before: Vec<String>,
    pub(super) parallel: Vec<String>,
    pub(super) after: Vec<String>,
}

/// One line of the interleaving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) thread: usize,
    pub(super) text: String,
    pub(super) location: String,
}

/// The calls of a scenario and their results, as a table.
pub(crate) fn calls(subject: &Subject, scenario: &Scenario, history: &History) -> String {
    struct Table(Vec<Column>);
    impl fmt::Display for Table {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            table::scenario(f, &self.0)
        }
    }
    Table(columns(subject, scenario, history)).to_string()
}

/// What each call returned, where it did.
pub(super) fn columns(subject: &Subject, scenario: &Scenario, history: &History) -> Vec<Column> {
    let resolved = scenario.resolve(subject);
    let threads = check::columns(&resolved);
    let text = |thread: usize, at: usize| {
        let operation = &threads[thread][at];
        match history.threads.get(thread).and_then(|entries| entries.get(at)) {
            Some(entry) => match entry.outcome {
                Some(outcome) => format!("{} -> {}", operation.text(), operation.show(outcome)),
                None => format!("{} -> (never returned)", operation.text()),
            },
            None => operation.text().to_owned(),
        }
    };
    let before = scenario.prefix.len();
    (0..threads.len())
        .map(|thread| {
            let from = if thread == 0 { before } else { 0 };
            let count = scenario.threads.get(thread).map_or(0, Vec::len);
            Column {
                before: if thread == 0 { (0..before).map(|at| text(0, at)).collect() } else { Vec::new() },
                parallel: (from..from + count).map(|at| text(thread, at)).collect(),
                after: if thread == 0 {
                    (from + count..threads[0].len()).map(|at| text(0, at)).collect()
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// The interleaving: each step of each thread, with the line of the code that made it.
pub(super) fn steps(subject: &Subject, scenario: &Scenario, trace: &[Event], history: &History) -> Vec<Step> {
    let resolved = scenario.resolve(subject);
    let threads = check::columns(&resolved);
    let mut latest = HashMap::new();
    let begun = waits_begun(trace);
    let mut steps = Vec::new();
    for (at, event) in trace.iter().enumerate() {
        steps.extend(begun.get(&at).into_iter().flatten().map(|wait| Step {
            thread: wait.thread,
            text: begins(wait),
            location: wait.location.to_string(),
        }));
        let mut shown = || {
            let text = if event.object.kind == crate::explore::OPERATION {
                let (thread, at) = (event.object.address >> 16, event.object.address & 0xffff);
                let operation = threads.get(thread)?.get(at)?;
                latest.insert(event.thread, operation.location());
                if event.action == "call" {
                    format!("{} called", operation.text())
                } else {
                    let outcome = history.threads.get(thread)?.get(at)?.outcome?;
                    format!("{} returns {}", operation.name(), operation.show(outcome))
                }
            } else if event.location.file() == crate::explore::FILE {
                // The history's clock, and starting and joining the scenario's own threads.
                return None;
            } else {
                step_text(event)
            };
            // A mutant's steps are those of the method that it breaks.
            let location = match latest.get(&event.thread) {
                Some(method) if event.location.file() == crate::mutant::FILE => method,
                _ => event.location,
            };
            Some(Step { thread: event.thread, text, location: location.to_string() })
        };
        steps.extend(shown());
    }
    steps
}

/// The waits on a condition variable that others were let into the lock by, by the place where the first of them takes it. A
/// trace has an operation where it is complete, and this one has let its lock go before: when, no event tells, but by then it
/// had.
pub(super) fn waits_begun(trace: &[Event]) -> HashMap<usize, Vec<&Event>> {
    let mut begun: HashMap<usize, Vec<&Event>> = HashMap::new();
    for (at, wait) in trace.iter().enumerate() {
        let Access::Wait { mutex, .. } = wait.access else { continue };
        let mut during = trace.iter().enumerate().take(at).skip(wait.begun);
        let taken = during.find(|(_, event)| {
            let lets_in = event.object == mutex && matches!(event.access, Access::Lock(_)) && event.completed.is_some();
            lets_in && event.thread != wait.thread
        });
        if let Some((place, _)) = taken {
            begun.entry(place).or_default().push(wait);
        }
    }
    begun
}

/// "Condvar #1: wait has let the lock go".
pub(super) fn begins(wait: &Event) -> String {
    format!("{} #{}: {} has let the lock go", wait.object.kind, wait.number, wait.action)
}

/// "Mutex #1: lock WAITS".
pub(super) fn step_text(event: &Event) -> String {
    let object = format!("{} #{}: {}", event.object.kind, event.number, event.action);
    match &event.outcome {
        EventOutcome::Pending => format!("{object} WAITS"),
        EventOutcome::Done => object,
        EventOutcome::Value(value) => format!("{object} -> {value}"),
    }
}
