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
    /// One message less.
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

/// At most `N` messages.
#[derive(Debug)]
pub struct Bounded<const N: usize> {
    used: Mutex<usize>,
    room: Condvar,
}

impl<const N: usize> Room for Bounded<N> {
    const EMPTY: Self = {
        assert!(N > 0, "a mailbox without room can hold no message");
        Self { used: Mutex::new(0), room: Condvar::new() }
    };

    #[cfg_attr(feature = "explore", track_caller)]
    fn take(&self, inside: impl FnOnce() -> bool) {
        // Nothing panics under this lock.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = *used >= N && !inside();
        while waits && *used >= N {
            used = self.room.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += 1;
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn give_back(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.room.notify_one();
    }
}
