//! How many messages a mailbox may hold whose senders do not wait.
//!
//! A bounded one makes the next sender wait until there is room; its call is in the order of the others only when it is
//! posted, so waiting changes nothing for them. A message's place is free again when the owner has taken it out to run it,
//! before it is run: a method that waits for something that a sender is to do later must not keep that sender out. What a
//! method sends to its own actor never waits, for it would wait for itself: those may be more.
//!
//! | the word's | meaning |
//! |---|---|
//! | lower half | places in use |
//! | upper half | senders that wait, or are about to: each has counted itself under the lock |
//!
//! Whoever gives a place back sees in the same step whether somebody waits. If so, he passes through the lock, so that the
//! other has either seen the place or sleeps by then. Every ordering is Relaxed: the word is a number that publishes
//! nothing, messages are published by the mailbox, and sleepers by the lock.

use super::super::op::Commutes;
#[cfg(feature = "explore")]
use crate::explore::late::LateWord;
#[cfg(not(feature = "explore"))]
use crate::sync::atomic::AtomicU64 as LateWord;
use crate::sync::atomic::Ordering::Relaxed;
use crate::sync::{Condvar, Mutex, PoisonError};

/// A mailbox's bound.
pub trait Room: Send + Sync + 'static {
    /// An empty one.
    const EMPTY: Self;
    /// Whether each sender has a queue of its own for what nobody waits for.
    const RINGS: bool = false;
    /// Waits until there is room for one more, and takes it. Who is `inside` does not wait.
    fn take(&self, inside: impl FnOnce() -> bool);
    /// A message less.
    fn give_back(&self);
}

/// No bound.
#[derive(Debug)]
pub struct Unbounded;

impl Room for Unbounded {
    const EMPTY: Self = Self;

    #[inline(always)]
    fn take(&self, _: impl FnOnce() -> bool) {}

    #[inline(always)]
    fn give_back(&self) {}
}

/// No bound, and a queue a sender for what nobody waits for: see `rings`.
#[derive(Debug)]
pub struct Rings;

impl Room for Rings {
    const EMPTY: Self = Self;
    const RINGS: bool = true;

    #[inline(always)]
    fn take(&self, _: impl FnOnce() -> bool) {}

    #[inline(always)]
    fn give_back(&self) {}
}

/// A mailbox to which this operation may be posted.
pub trait Posts<O> {}
impl<O> Posts<O> for Unbounded {}
impl<O, const N: usize> Posts<O> for Bounded<N> {}
impl<O: Commutes> Posts<O> for Rings {}

/// At most `N` messages.
#[derive(Debug)]
pub struct Bounded<const N: usize> {
    places: LateWord,
    gate: Mutex<()>,
    room: Condvar,
}

/// One sender that waits.
const WAITS: u64 = 1 << 32;

/// Whether a place is free.
const fn free<const N: usize>(places: u64) -> bool {
    places % WAITS < N as u64
}

impl<const N: usize> Room for Bounded<N> {
    const EMPTY: Self = {
        assert!(N > 0, "a mailbox without room can hold no message");
        Self { places: LateWord::new(0), gate: Mutex::new(()), room: Condvar::new() }
    };

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn take(&self, inside: impl FnOnce() -> bool) {
        // In an exploration a guess, which costs no step: a wrong one is put right by the first exchange.
        let seen = if cfg!(feature = "explore") { 0 } else { self.places.load(Relaxed) };
        if self.occupy(seen, 1) {
            return;
        }
        if inside() {
            self.places.fetch_add(1, Relaxed);
        } else {
            self.wait();
        }
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn give_back(&self) {
        let before = self.places.fetch_add(1_u64.wrapping_neg(), Relaxed);
        if before >= WAITS {
            // Who waits holds the lock from before he counts himself until he sleeps.
            drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
            // One place, one sender; another may be quicker, and then who was woken waits for the next place.
            self.room.notify_one();
        }
    }
}

impl<const N: usize> Bounded<N> {
    /// Changes the word by `change`, if there is a free place in it; `seen` may be old.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn occupy(&self, mut seen: u64, change: u64) -> bool {
        while free::<N>(seen) {
            match self.places.compare_exchange_weak(seen, seen.wrapping_add(change), Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(found) => seen = found,
            }
        }
        false
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn wait(&self) {
        // Nothing panics under this lock.
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = self.places.fetch_add(WAITS, Relaxed) + WAITS;
        // One place more, one sender less that waits.
        while !self.occupy(seen, 1_u64.wrapping_sub(WAITS)) {
            gate = self.room.wait(gate).unwrap_or_else(PoisonError::into_inner);
            seen = self.places.load(Relaxed);
        }
    }
}
