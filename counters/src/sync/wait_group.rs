//! `WaitGroup`: waiting until everybody who holds a part of it is done.

use super::{Arc, Condvar, Mutex, PoisonError};
use std::fmt;

/// Waits until all its clones are dropped.
///
/// ```
/// use raceproof::{sync::WaitGroup, thread};
///
/// let done = WaitGroup::new();
/// for _ in 0..3 {
///     let mine = done.clone();
///     thread::spawn(move || {
///         // ... work ...
///         drop(mine);
///     });
/// }
/// done.wait();
/// ```
pub struct WaitGroup {
    shared: Arc<Shared>,
}

struct Shared {
    /// How many parts there are.
    parts: Mutex<usize>,
    none_left: Condvar,
}

impl WaitGroup {
    /// A group of one part.
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared { parts: Mutex::new(1), none_left: Condvar::new() }) }
    }

    /// Drops this part, and waits until all others are dropped.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn wait(self) {
        let shared = Arc::clone(&self.shared);
        drop(self);
        // A part may be dropped by a thread that unwinds; the number is right all the same.
        let mut parts = shared.parts.lock().unwrap_or_else(PoisonError::into_inner);
        while *parts > 0 {
            parts = shared.none_left.wait(parts).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Clone for WaitGroup {
    #[cfg_attr(feature = "explore", track_caller)]
    fn clone(&self) -> Self {
        *self.shared.parts.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl Drop for WaitGroup {
    fn drop(&mut self) {
        #[cfg(feature = "explore")]
        if crate::explore::world::aborting() {
            return;
        }
        let mut parts = self.shared.parts.lock().unwrap_or_else(PoisonError::into_inner);
        *parts -= 1;
        if *parts == 0 {
            self.shared.none_left.notify_all();
        }
    }
}

impl Default for WaitGroup {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WaitGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitGroup").finish_non_exhaustive()
    }
}
