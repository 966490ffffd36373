//! `Once`: outside explorations std's own; inside, a flag that says that it is done, and a lock under which it is done.
//!
//! The lock is held while the closure runs, so a closure that comes back to its own `Once` waits for itself, as in std.

use super::{Condvar, Mutex, PoisonError};
use crate::explore::home::Home;
use crate::explore::late::LateWord;
use crate::explore::world::{self, World};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering::{AcqRel, Acquire};

/// Something that is done once, as [`std::sync::Once`].
///
/// In an exploration under loom the flag is a late word: publishing a freshly built `Once` without synchronisation is not
/// seen.
pub struct Once {
    home: Home,
    plain: std::sync::Once,
    /// 1 when it has been done. Released by who has done it, acquired by who relies on it.
    done: LateWord,
    progress: Mutex<Progress>,
    news: Condvar,
}

struct Progress {
    done: bool,
    poisoned: bool,
}

/// What a closure may know of the attempt before, as [`std::sync::OnceState`].
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Whether an attempt has panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl Once {
    /// Nothing has been done.
    pub const fn new() -> Self {
        Self {
            home: Home::new(),
            plain: std::sync::Once::new(),
            done: LateWord::new(0),
            progress: Mutex::new(Progress { done: false, poisoned: false }),
            news: Condvar::new(),
        }
    }

    /// Runs `body`, if nobody has; waits for whoever is running it. On return it has been done, and is seen.
    ///
    /// # Panics
    /// If an attempt has panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, body: F) {
        self.home.require("Once");
        if world::current() == World::Std {
            return self.plain.call_once(body);
        }
        self.attempt(false, |_| body());
    }

    /// As [`Self::call_once`], and tries again where an attempt has panicked.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, body: F) {
        self.home.require("Once");
        if world::current() == World::Std {
            return self.plain.call_once_force(|state| body(&OnceState { poisoned: state.is_poisoned() }));
        }
        self.attempt(true, body);
    }

    #[track_caller]
    fn attempt(&self, force: bool, body: impl FnOnce(&OnceState)) {
        if self.done.load(Acquire) == 1 {
            return;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.done {
            return;
        }
        if progress.poisoned && !force {
            drop(progress);
            panic!("Once instance has previously been poisoned");
        }
        let state = OnceState { poisoned: progress.poisoned };
        let result = catch_unwind(AssertUnwindSafe(|| body(&state)));
        if world::aborting() {
            // The engine's own panic: nothing may be asked of it any more, and the guard knows that.
            if let Err(payload) = result {
                resume_unwind(payload);
            }
            return;
        }
        match result {
            Ok(()) => {
                progress.done = true;
                // AcqRel: publishes what was done; as a read-modify-write it is never taken for a racing store.
                self.done.fetch_add(1, AcqRel);
                self.news.notify_all();
            }
            Err(payload) => {
                world::panic_caught();
                progress.poisoned = true;
                self.news.notify_all();
                drop(progress);
                resume_unwind(payload);
            }
        }
    }

    /// Waits until it has been done.
    ///
    /// # Panics
    /// If an attempt has panicked.
    #[track_caller]
    pub fn wait(&self) {
        self.wait_until(false);
    }

    /// As [`Self::wait`], and goes on waiting where an attempt has panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_until(true);
    }

    #[track_caller]
    fn wait_until(&self, force: bool) {
        self.home.require("Once");
        if world::current() == World::Std {
            return if force { self.plain.wait_force() } else { self.plain.wait() };
        }
        if self.done.load(Acquire) == 1 {
            return;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        while !progress.done {
            if progress.poisoned && !force {
                drop(progress);
                panic!("Once instance has previously been poisoned");
            }
            progress = self.news.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether it has been done. If so, it is seen.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.home.require("Once");
        if world::current() == World::Std { self.plain.is_completed() } else { self.done.load(Acquire) == 1 }
    }
}

impl Default for Once {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.poisoned).finish()
    }
}
