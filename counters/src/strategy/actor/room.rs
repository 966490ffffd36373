//! How many messages a mailbox may hold whose senders do not wait.
//!
//! A bounded one makes the next sender wait until there is room; its call is in the order of the others only when it is
//! posted, so waiting changes nothing for them. What a method sends to its own actor never waits, for it would wait for
//! itself: those may be more.

use crate::sync::{Condvar, Mutex, PoisonError};

/// A mailbox's bound.
pub trait Room: Send + Sync + 'static {
    /// An empty one.
    const EMPTY: Self;
    /// Waits until there is room for one more, and takes it. Who is `inside` does not wait.
    fn take(&self, inside: impl FnOnce() -> bool);
    /// So many messages less.
    fn give_back(&self, count: usize);
}

/// No bound.
#[derive(Debug)]
pub struct Unbounded;

impl Room for Unbounded {
    const EMPTY: Self = Self;

    #[inline(always)]
    fn take(&self, _: impl FnOnce() -> bool) {}

    #[inline(always)]
    fn give_back(&self, _: usize) {}
}

/// At most `N` messages.
#[derive(Debug)]
pub struct Bounded<const N: usize> {
    places: Mutex<Places>,
    room: Condvar,
}

#[derive(Debug)]
struct Places {
    used: usize,
    /// Senders that wait: to notify nobody would be a system call all the same.
    waiting: usize,
}

impl<const N: usize> Room for Bounded<N> {
    const EMPTY: Self = {
        assert!(N > 0, "a mailbox without room can hold no message");
        Self { places: Mutex::new(Places { used: 0, waiting: 0 }), room: Condvar::new() }
    };

    #[cfg_attr(feature = "explore", track_caller)]
    fn take(&self, inside: impl FnOnce() -> bool) {
        // Nothing panics under this lock.
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.used >= N && !inside() {
            places.waiting += 1;
            while places.used >= N {
                places = self.room.wait(places).unwrap_or_else(PoisonError::into_inner);
            }
            places.waiting -= 1;
        }
        places.used += 1;
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn give_back(&self, count: usize) {
        if count == 0 {
            return;
        }
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.used -= count;
        let waiting = places.waiting;
        drop(places);
        // Each place is for one. More may come than there are places: who finds none waits on.
        match (waiting, count) {
            (0, _) => {}
            (1, _) | (_, 1) => self.room.notify_one(),
            _ => self.room.notify_all(),
        }
    }
}
