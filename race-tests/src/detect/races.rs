//! Data races on cells: two accesses of different threads, one of them a write, that nothing orders.
//!
//! As in FastTrack (Flanagan and Freund, PLDI 2009), with full clocks for reads: traces are short.

use super::clocks::{Clocks, Edges};
use super::{Moment, letter, moments};
use raceproof::explore::event::{Access, Event, Object, Outcome};
use std::collections::HashMap;

/// A race: the access that came first in the trace, and the one that nothing orders after it.
#[derive(Clone, Debug)]
pub(crate) struct Race {
    cell: usize,
    first: Side,
    second: Side,
}

#[derive(Clone, Debug)]
struct Side {
    thread: usize,
    writes: bool,
    location: String,
}

impl Side {
    fn of(event: &Event) -> Self {
        Self { thread: event.thread, writes: event.access == Access::Write, location: event.location.to_string() }
    }

    fn text(&self) -> String {
        let does = if self.writes { "writes" } else { "reads" };
        format!("thread {} {does} it at {}", letter(self.thread), self.location)
    }
}

impl Race {
    /// What a reader has to know.
    pub(crate) fn lines(&self) -> Vec<String> {
        vec![
            format!("UnsafeCell #{}: {}", self.cell, self.first.text()),
            format!("and {}; nothing orders the two", self.second.text()),
            "put both under one lock, or hand the cell over with a Release store that an Acquire load has read"
                .to_owned(),
        ]
    }
}

/// Who has accessed a cell so far: by thread, the last read and write, and the thread's own time then.
#[derive(Default)]
struct Accesses<'a> {
    reads: HashMap<usize, (u32, &'a Event)>,
    writes: HashMap<usize, (u32, &'a Event)>,
}

/// The first race of a trace.
pub(crate) fn race(trace: &[Event]) -> Option<Race> {
    if !trace.iter().any(|event| matches!(event.access, Access::Read | Access::Write)) {
        return None;
    }
    let mut clocks = Clocks::new(Edges::All);
    let mut cells: HashMap<Object, Accesses<'_>> = HashMap::new();
    for moment in moments(trace) {
        clocks.advance(moment);
        // An access counts from its beginning: one that loom has stopped never ends.
        let Moment::Begin(event) = moment else { continue };
        let writes = match event.access {
            Access::Write => true,
            Access::Read => false,
            _ => continue,
        };
        let seen = clocks.of(event.thread).clone();
        let accesses = cells.entry(event.object).or_default();
        let unordered =
            |(thread, (time, _)): &(&usize, &(u32, &Event))| **thread != event.thread && *time > seen.get(**thread);
        let mut against: Vec<(&usize, &(u32, &Event))> = accesses.writes.iter().filter(unordered).collect();
        if writes {
            against.extend(accesses.reads.iter().filter(unordered));
        }
        if let Some((_, (_, first))) = against.into_iter().min_by_key(|(_, (_, first))| first.begun) {
            return Some(Race { cell: event.number, first: Side::of(first), second: Side::of(event) });
        }
        let mine = (seen.get(event.thread), event);
        if writes {
            accesses.writes.insert(event.thread, mine)
        } else {
            accesses.reads.insert(event.thread, mine)
        };
    }
    None
}

/// Where the events alone show no race and loom has stopped a thread at one: the access that it stopped, and the last one
/// against it. Then a load in between was given an older value than the last, and the two look the same in a trace.
pub(crate) fn stopped(trace: &[Event]) -> Option<Vec<String>> {
    let accesses = |event: &&Event| matches!(event.access, Access::Read | Access::Write);
    let second = trace.iter().filter(accesses).find(|event| event.outcome == Outcome::Pending)?;
    let against = |event: &&Event| {
        event.object == second.object
            && event.thread != second.thread
            && (event.access == Access::Write || second.access == Access::Write)
    };
    let first = trace.iter().filter(accesses).filter(against).max_by_key(|event| event.begun)?;
    let race = Race { cell: second.number, first: Side::of(first), second: Side::of(second) };
    let mut lines = race.lines();
    lines.insert(
        2,
        "a load in between has returned an older value than the last one stored, which looks the same here: whoever comes \
         late has not seen the other at all"
            .to_owned(),
    );
    Some(lines)
}
