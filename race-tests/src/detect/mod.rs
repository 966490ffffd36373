//! What the events of one execution tell beyond its results: races, lock orders, who waits for whom, who spins, and
//! which load saw an old value.
//!
//! A detector reads a trace and runs nothing. So it costs only the executions that are observed, and what it says can be
//! said again of the same execution.

mod between;
mod clocks;
mod locks;
mod loops;
mod memory;
mod races;

pub(crate) use between::between;
pub(crate) use locks::{deadlock, inversions, stuck_in_an_attempt};
pub(crate) use loops::loops;
pub(crate) use memory::{old_values, rests_on_a_lost_update};
pub(crate) use races::{race, stopped};

use raceproof::explore::event::{Access, Event, Outcome, POISONS};
use raceproof::explore::world;

/// A moment of an execution: an operation begins to take effect, or has come to its end.
#[derive(Clone, Copy, Debug)]
enum Moment<'a> {
    Begin(&'a Event),
    End(&'a Event),
}

/// The moments of a trace in their order.
fn moments(trace: &[Event]) -> Vec<Moment<'_>> {
    let mut begins: Vec<&Event> = trace.iter().collect();
    begins.sort_by_key(|event| event.begun);
    let mut begins = begins.into_iter().peekable();
    let mut moments = Vec::with_capacity(trace.len() * 2);
    for event in trace.iter().filter(|event| event.completed.is_some()) {
        while let Some(begin) = begins.next_if(|begin| Some(begin.begun) <= event.completed) {
            moments.push(Moment::Begin(begin));
        }
        moments.push(Moment::End(event));
    }
    moments.extend(begins.map(Moment::Begin));
    moments
}

/// Whether an attempt to take a lock has taken it.
fn taken(event: &Event) -> bool {
    match event.access {
        Access::Lock(_) => true,
        Access::TryLock(_) => matches!(&event.outcome, Outcome::Value(value) if value == "taken"),
        _ => false,
    }
}

/// What observed executions on this OS thread have made and never dropped, each place once. Asking forgets it.
pub(crate) fn leaks() -> Vec<String> {
    let words = |(kind, place): (&str, &std::panic::Location<'_>)| {
        format!(
            "leaked: the {kind} made at {place} was still there when an execution had ended, and nothing will ever drop it; \
             look for a cycle of `Arc`s, or for a `Box::into_raw` without its `Box::from_raw`"
        )
    };
    world::take_leaked().into_iter().map(words).collect()
}

/// "Mutex #2".
fn name(event: &Event) -> String {
    format!("{} #{}", event.object.kind, event.number)
}

/// Who gave a lock back while it unwound.
pub(crate) fn poisoned(trace: &[Event]) -> Vec<String> {
    let poisons = trace.iter().find(|event| event.action == POISONS);
    poisons
        .map(|event| {
            format!("thread {} panicked while it held {} since {}", letter(event.thread), name(event), event.location)
        })
        .into_iter()
        .collect()
}

/// Threads have letters, as in the tables.
fn letter(thread: usize) -> char {
    crate::report::letter(thread)
}
