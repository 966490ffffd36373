//! `Barrier`, over the mutex and condition variable here.
//!
//! The one thing to know: a generation is numbered, so that a thread that comes back for the next one before the others
//! have woken does not mix with them.

use super::{Condvar, Mutex, PoisonError};
use std::fmt;

/// A point that several threads reach together, as [`std::sync::Barrier`].
pub struct Barrier {
    state: Mutex<State>,
    all_here: Condvar,
    threads: usize,
}

struct State {
    here: usize,
    generation: usize,
}

/// Whether this thread was the one that came last, as [`std::sync::BarrierWaitResult`].
pub struct BarrierWaitResult(bool);

impl Barrier {
    /// A barrier for so many threads; for none and for one it stops nobody.
    pub const fn new(threads: usize) -> Self {
        Self { state: Mutex::new(State { here: 0, generation: 0 }), all_here: Condvar::new(), threads }
    }

    /// Waits until all threads are here. One of them is told that it leads.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        // The state is whole between any two statements, so poison means nothing.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = state.generation;
        state.here += 1;
        if state.here < self.threads {
            while state.generation == generation {
                state = self.all_here.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            BarrierWaitResult(false)
        } else {
            state.here = 0;
            state.generation = state.generation.wrapping_add(1);
            self.all_here.notify_all();
            BarrierWaitResult(true)
        }
    }
}

impl BarrierWaitResult {
    /// Whether this thread is the one of its generation that leads.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.0).finish()
    }
}
