//! One execution again, its steps in an order that is given: the witness of what only another order of them shows.

use super::locks::{Locks, Next};
use raceproof::explore::engine::shuttle::{Director, Ending, Switch};
use raceproof::explore::world::watch;

/// Lets these threads take their steps in this order, once, and then whoever can.
#[derive(Debug)]
pub(crate) struct Guide {
    order: Vec<usize>,
    next: usize,
    locks: Locks,
    /// Whether every step of the order was taken.
    pub(crate) followed: bool,
}

impl Guide {
    /// The threads of the steps, in the order in which to take them. `unlocks`: whether giving a lock back was a step.
    pub(crate) fn new(order: Vec<usize>, unlocks: bool) -> Self {
        let mut locks = Locks::default();
        locks.unlocks = unlocks;
        Self { order, next: 0, locks, followed: true }
    }
}

impl Director for Guide {
    fn another(&mut self, last: Option<Ending>) -> bool {
        last.is_none()
    }

    fn next(&mut self, at: &Switch<'_>) -> Option<usize> {
        self.locks.catch_up(|_| ());
        if let Some(current) = at.current.filter(|_| at.unwinding) {
            if let Next::Step(_) = self.locks.next(current) {
                watch::chosen(current);
            }
            return Some(current);
        }
        let current = at.current.filter(|current| at.runnable.contains(current));
        let threads = || current.into_iter().chain(at.runnable.iter().copied());
        if let Some(local) = threads().find(|thread| matches!(self.locks.next(*thread), Next::Local)) {
            return Some(local);
        }
        let can = |thread: &usize| matches!(self.locks.next(*thread), Next::Step(_));
        let wanted = self.order.get(self.next).copied();
        self.next += 1;
        let chosen = match wanted.filter(|wanted| at.runnable.contains(wanted) && can(wanted)) {
            Some(wanted) => wanted,
            None => {
                self.followed &= wanted.is_none();
                threads().find(can)?
            }
        };
        watch::chosen(chosen);
        Some(chosen)
    }
}
