//! Loops without end: which lines a thread repeats when an execution has taken more steps than its bound.

use super::{letter, name};
use raceproof::explore::event::{Access, Event};
use std::collections::BTreeMap;

/// Only the end of such a trace tells of the loop.
const LOOKED_AT: usize = 600;
/// Repeated so often it is a loop.
const OFTEN: usize = 12;

/// What is to be said of an execution that had no end.
pub(crate) fn loops(trace: &[Event]) -> Vec<String> {
    let end = &trace[trace.len().saturating_sub(LOOKED_AT)..];
    // By thread: the lines that it comes back to, in the order in which it first did, and how often.
    let mut threads: BTreeMap<usize, Vec<(&Event, usize)>> = BTreeMap::new();
    for event in end.iter().filter(|event| !matches!(event.access, Access::Call | Access::Return)) {
        let lines = threads.entry(event.thread).or_default();
        let same = |known: &Event| {
            (known.object, known.action, known.location) == (event.object, event.action, event.location)
        };
        match lines.iter_mut().find(|(known, _)| same(known)) {
            Some((_, count)) => *count += 1,
            None => lines.push((event, 1)),
        }
    }
    let mut told = Vec::new();
    let mut spinning = 0;
    for (thread, lines) in &threads {
        let again: Vec<&(&Event, usize)> = lines.iter().filter(|(_, count)| *count >= OFTEN).collect();
        if again.is_empty() {
            continue;
        }
        spinning += 1;
        for (event, count) in again.iter().filter(|(event, _)| event.access != Access::Yield) {
            told.push(format!(
                "thread {} repeats {} of {} at {} ({count} times in the last {} steps)",
                letter(*thread),
                event.action,
                name(event),
                event.location,
                end.len()
            ));
        }
        if !again.iter().any(|(event, _)| event.access == Access::Yield) {
            told.push(format!(
                "thread {} never lets others go on: call `hint::spin_loop()` or `thread::yield_now()` in its loop",
                letter(*thread)
            ));
        }
    }
    match spinning {
        0 => told.push("no line is repeated: the scenario may be too long for the bound".to_owned()),
        1 => told.push(
            "what it waits for does not come: nobody is left who would change it, or not in this order".to_owned(),
        ),
        _ => told.push(format!(
            "livelock: {spinning} threads go on for ever, each undoing or waiting for what another does"
        )),
    }
    told
}
