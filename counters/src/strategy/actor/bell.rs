//! A bell: one thread waits for it, another rings it once; it lies on the stack of the one who waits.
//!
//! | state | meaning |
//! |---|---|
//! | `SILENT` | not rung, and who waits is awake |
//! | `ASLEEP` | not rung, and who waits sleeps, or is about to: `sleeper` says who |
//! | [`DONE`], [`YOURS`] | rung |
//!
//! After it has rung, the one who waited may return at any moment, and the bell is gone: whoever rings takes what he needs
//! first, and touches nothing after.

use super::super::mutation::{Mutation, broken};
use crate::cell::UnsafeCell;
use crate::sync::atomic::AtomicU32;
use crate::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use crate::thread::{Sleeper, pass_on, rest};

const SILENT: u32 = 0;
const ASLEEP: u32 = 1;
/// What was asked for is done.
pub(super) const DONE: u32 = 2;
/// Who waits is the owner from now on.
pub(super) const YOURS: u32 = 3;

/// Looks before who waits goes to sleep: a call that is run meanwhile by a thread on another core takes less than to fall
/// asleep and be woken. An exploration has no such thing as a while.
const fn looks() -> u32 {
    if cfg!(feature = "explore") { 0 } else { 24 }
}

/// One thread's wait.
pub(super) struct Bell {
    state: AtomicU32,
    /// Written by who waits, before `ASLEEP`; taken by who rings, after he has seen that.
    sleeper: UnsafeCell<Option<Sleeper>>,
}

impl Bell {
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn new() -> Self {
        Self { state: AtomicU32::new(SILENT), sleeper: UnsafeCell::new(None) }
    }

    /// Waits until it has rung, and says for what.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn wait(&self) -> u32 {
        self.wait_for(0)
    }

    /// The same, with so many more looks before who waits goes to sleep.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn wait_for(&self, more: u32) -> u32 {
        let looks = looks() + more;
        for look in 0..looks {
            // Acquire: what was done before the ringing is seen after it.
            let state = self.state.load(Acquire);
            if state != SILENT {
                return state;
            }
            // The last looks let others run, who may be the one that is to ring; of many looks a few before them, too.
            if look + 3 < looks && look % 32 != 31 { crate::hint::spin_loop() } else { crate::thread::yield_now() }
        }
        // SAFETY: the state is `SILENT` or rung: who rings touches this only after `ASLEEP`.
        self.sleeper.with_mut(|sleeper| unsafe { *sleeper = Some(Sleeper::here()) });
        // Release: hands the sleeper over. Acquire: as above.
        match self.state.compare_exchange(SILENT, ASLEEP, AcqRel, Acquire) {
            Err(rung) => rung,
            Ok(_) => loop {
                rest();
                // Acquire: as above.
                let state = self.state.load(Acquire);
                if state != ASLEEP {
                    // What ended the sleep may have been meant for the caller's own `park`, too.
                    pass_on();
                    return state;
                }
            },
        }
    }

    /// Rings.
    ///
    /// # Safety
    /// The bell is alive: it has not rung for the last time before.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn ring(bell: *const Self, for_what: u32) {
        // SAFETY: it is alive until it rings, by the caller's promise; nothing is touched after the exchange or store that
        // rings.
        let this = unsafe { &*bell };
        // Release: what was done is seen by who waited. Acquire: the sleeper, if there is one.
        if this.state.compare_exchange(SILENT, for_what, AcqRel, Acquire).is_err() {
            // SAFETY: it is `ASLEEP`: the sleeper was written before, and who wrote it does not touch it again.
            let sleeper = this.sleeper.with_mut(|sleeper| unsafe { (*sleeper).take() });
            // Release: as above.
            this.state.store(for_what, Release);
            if let Some(sleeper) = sleeper
                && !broken(Mutation::WakeUpLost)
            {
                sleeper.wake();
            }
        }
    }
}
