//! How many OS threads explore at once, in all tests of a process together.
//!
//! libtest runs as many tests at a time as there are cores, so a test that took all cores for itself would only get into
//! the others' way. Each rung that runs has a seat, whether there is one or not; a rung that could use more takes those
//! that are left over, and gives them back as soon as others come.

use crate::options::Environment;
use raceproof::explore::native::atomic::{AtomicUsize, Ordering::Relaxed};
use raceproof::explore::native::{OnceLock, thread};

/// So many seats. Relaxed throughout: numbers, which publish nothing; one that is a moment old costs a moment's crowd.
#[derive(Debug)]
struct Room {
    taken: AtomicUsize,
    all: usize,
}

/// A seat, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat(&'static Room);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}

impl Room {
    fn new(all: usize) -> Self {
        Self { taken: AtomicUsize::new(0), all }
    }

    fn sit(&'static self) -> Seat {
        self.taken.fetch_add(1, Relaxed);
        Seat(self)
    }

    fn spare(&'static self) -> Option<Seat> {
        let one_more = |taken| (taken < self.all).then_some(taken + 1);
        self.taken.fetch_update(Relaxed, Relaxed, one_more).ok().map(|_| Seat(self))
    }

    fn crowded(&self) -> bool {
        self.taken.load(Relaxed) > self.all
    }
}

/// The process's: `RACEPROOF_WORKERS` seats, or one a core.
fn room() -> &'static Room {
    static ROOM: OnceLock<Room> = OnceLock::new();
    ROOM.get_or_init(|| {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        Room::new(Environment::get().workers.unwrap_or_else(cores))
    })
}

/// Whether somebody has said how many there are to be.
pub(super) fn asked_for() -> bool {
    Environment::get().workers.is_some()
}

/// A seat for who runs in any case.
pub(crate) fn sit() -> Seat {
    room().sit()
}

/// A seat, if one is left.
pub(super) fn spare() -> Option<Seat> {
    room().spare()
}

/// Whether more are taken than there are.
pub(super) fn crowded() -> bool {
    room().crowded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_over_is_lent_and_given_back() {
        let room: &'static Room = Box::leak(Box::new(Room::new(2)));
        let first = room.sit();
        let lent = room.spare().expect("one of two is left");
        assert!(room.spare().is_none(), "both are taken");
        assert!(!room.crowded());
        // Another rung begins: it has its seat in any case, and who was lent one is to go.
        let second = room.sit();
        assert!(room.crowded());
        drop(lent);
        assert!(!room.crowded() && room.spare().is_none());
        drop((first, second));
        assert_eq!(room.taken.load(Relaxed), 0);
    }
}
