//! Who turns in circles: a thread that waits for others by looking again and again.
//!
//! Each round is a step that could come at any place among the others' steps, and a round more is always possible, so
//! there is no end to it. A thread that has gone round twice while nobody else did anything is held back until somebody
//! does. That leaves out executions, so whoever is told of the result is told of that too.

use super::{Threads, bit};
use raceproof::explore::event::Access;
use raceproof::explore::world::watch::Step;
use std::panic::Location;

/// Yields at one place, with something done before each and no step of another thread between them, that make a spin.
const ROUNDS: u32 = 2;
/// Steps at one place, likewise: a loop that takes a dozen steps need not be waiting.
const STEPS: u32 = 16;

/// A place in the code, and how often it was come by.
type Place = (&'static Location<'static>, u32);

/// What the thread that ran last has done since another one did.
#[derive(Debug, Default)]
pub(super) struct Spins {
    thread: usize,
    yields: Vec<Place>,
    steps: Vec<Place>,
    /// Whether it has done anything since it yielded last.
    busy: bool,
}

fn count(places: &mut Vec<Place>, location: &'static Location<'static>) {
    match places.iter_mut().find(|(place, _)| *place == location) {
        Some((_, times)) => *times += 1,
        None => places.push((location, 1)),
    }
}

impl Spins {
    /// An execution begins.
    pub(super) fn clear(&mut self) {
        self.thread = 0;
        self.forget();
    }

    fn forget(&mut self) {
        self.yields.clear();
        self.steps.clear();
        self.busy = false;
    }

    pub(super) fn see(&mut self, step: &Step) {
        if step.thread != self.thread {
            // What needs no choice may happen between any two steps of another thread, and lets nobody go on.
            if step.stage == 0 {
                return;
            }
            self.thread = step.thread;
            self.forget();
        }
        if step.access == Access::Yield {
            if std::mem::take(&mut self.busy) {
                count(&mut self.yields, step.location);
            }
        } else if step.stage > 0 {
            self.busy = true;
            count(&mut self.steps, step.location);
        }
    }

    /// Those of these threads that are to be held back: not all of them, for somebody has to go on.
    pub(super) fn turning(&self, threads: Threads) -> Threads {
        let turns = self.yields.iter().any(|(_, times)| *times >= ROUNDS)
            || self.steps.iter().any(|(_, times)| *times >= STEPS);
        if turns && threads != bit(self.thread) { threads & bit(self.thread) } else { 0 }
    }
}
