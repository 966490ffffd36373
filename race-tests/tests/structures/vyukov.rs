//! Vyukov's bounded ring for many producers and consumers (1024cores.net): a number in each cell says whose turn it is.
//!
//! It is not linearizable to a bounded queue: while a `push` has its place and has not filled it, a later `push` may be
//! complete and `pop` finds nothing all the same. `#[spurious]` says so, and the kit finds it where that is not said.

use crate::support::{fails, passes};
use raceproof::cell::UnsafeCell;
use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU32, Ordering};
use raceproof_test::{Kind, Subject, subject};
use std::collections::VecDeque;

const ROOM: u32 = 2;

struct Ring {
    /// Equal to the place: free for the `push` of this place. One more: full, for its `pop`.
    turn: [AtomicU32; ROOM as usize],
    item: [UnsafeCell<u8>; ROOM as usize],
    pushed: AtomicU32,
    popped: AtomicU32,
    publish: Ordering,
}

// SAFETY: a cell is written by the one `push` that its turn names, and read by the one `pop`; the turn is handed over with
// Release and Acquire.
unsafe impl Sync for Ring {}

impl Ring {
    fn with(publish: Ordering) -> Self {
        Self {
            turn: std::array::from_fn(|i| AtomicU32::new(i as u32)),
            item: std::array::from_fn(|_| UnsafeCell::new(0)),
            pushed: AtomicU32::new(0),
            popped: AtomicU32::new(0),
            publish,
        }
    }

    fn try_push(&self, item: u8) -> bool {
        // Relaxed: only a guess at the place, the turn decides.
        let mut place = self.pushed.load(Ordering::Relaxed);
        loop {
            let at = (place % ROOM) as usize;
            // Acquire: the `pop` that emptied the cell is over.
            let turn = self.turn[at].load(Ordering::Acquire);
            if turn == place {
                // Relaxed: it takes a place, and publishes nothing.
                match self.pushed.compare_exchange(place, place + 1, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => {
                        // SAFETY: this place is ours, and the cell's turn was this place's `push`.
                        self.item[at].with_mut(|cell| unsafe { *cell = item });
                        // `publish` is Release in the correct ring: the item is there.
                        self.turn[at].store(place + 1, self.publish);
                        return true;
                    }
                    Err(now) => place = now,
                }
            } else if (turn.wrapping_sub(place) as i32) < 0 {
                return false;
            } else {
                // Relaxed: as above.
                place = self.pushed.load(Ordering::Relaxed);
            }
        }
    }

    fn try_pop(&self) -> Option<u8> {
        // Relaxed: only a guess at the place, the turn decides.
        let mut place = self.popped.load(Ordering::Relaxed);
        loop {
            let at = (place % ROOM) as usize;
            // Acquire: pairs with the `push` that filled the cell.
            let turn = self.turn[at].load(Ordering::Acquire);
            if turn == place + 1 {
                // Relaxed: it takes a place, and publishes nothing.
                match self.popped.compare_exchange(place, place + 1, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => {
                        // SAFETY: this place is ours, and the cell's turn was this place's `pop`.
                        let item = self.item[at].with(|cell| unsafe { *cell });
                        // Release: the next round's `push` may write once this read is over.
                        self.turn[at].store(place + ROOM, Ordering::Release);
                        return Some(item);
                    }
                    Err(now) => place = now,
                }
            } else if (turn.wrapping_sub(place + 1) as i32) < 0 {
                return None;
            } else {
                // Relaxed: as above.
                place = self.popped.load(Ordering::Relaxed);
            }
        }
    }
}

/// First in, first out, with room for two.
#[derive(Clone, Default, Hash)]
struct Items(VecDeque<u8>);

impl Items {
    fn push(&mut self, item: u8) -> bool {
        let room = self.0.len() < ROOM as usize;
        if room {
            self.0.push_back(item);
        }
        room
    }
    fn pop(&mut self) -> Option<u8> {
        self.0.pop_front()
    }
}

#[concurrent(spec = Items, tests = off)]
impl Ring {
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        self.try_push(item)
    }
    #[spurious(None)]
    pub fn pop(&self) -> Option<u8> {
        self.try_pop()
    }
}

/// The same ring, said to be a queue like any other.
struct Strict(Ring);

#[concurrent(spec = Items, tests = off)]
impl Strict {
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        self.0.try_push(item)
    }
    pub fn pop(&self) -> Option<u8> {
        self.0.try_pop()
    }
}

#[test]
fn ring_that_publishes() {
    passes(some_ring(Ordering::Release));
}

#[test]
fn ring_that_publishes_relaxed() {
    insta::assert_snapshot!(fails(some_ring(Ordering::Relaxed), Kind::DataRace));
}

#[test]
fn ring_that_promises_too_much() {
    let strict = subject!(Strict = Strict(Ring::with(Ordering::Release)));
    insta::assert_snapshot!(fails(strict, Kind::NotLinearizable));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_ring(publish: Ordering) -> Subject {
    match publish {
        Ordering::Release => subject!(Ring = Ring::with(Ordering::Release)),
        _ => subject!(Ring = Ring::with(Ordering::Relaxed)),
    }
}
