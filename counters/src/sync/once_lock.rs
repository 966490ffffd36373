//! `OnceLock`: a flag that says that the value is there, and a lock for those who make it.
//!
//! The value itself is in a std `OnceLock`, which hands out `&T` for good once it is set; in an exploration it is set
//! under the lock alone, so std's own waiting never happens there.

use super::Mutex;
use crate::explore::home::Home;
use crate::explore::late::LateWord;
use crate::explore::world::{self, World};
use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{AcqRel, Acquire};

/// A value that is set once, as [`std::sync::OnceLock`].
///
/// In an exploration under loom the flag is a late word: publishing a freshly built `OnceLock` without synchronisation is
/// not seen.
pub struct OnceLock<T> {
    home: Home,
    value: std::sync::OnceLock<T>,
    /// 1 when the value is there. Released by who has set it, acquired by who reads it.
    set: LateWord,
    making: Mutex<()>,
}

impl<T> OnceLock<T> {
    /// Without a value.
    pub const fn new() -> Self {
        Self { home: Home::new(), value: std::sync::OnceLock::new(), set: LateWord::new(0), making: Mutex::new(()) }
    }

    /// The value, if it is there.
    #[inline]
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        self.home.require("OnceLock");
        if world::current() == World::Std || self.set.load(Acquire) == 1 { self.value.get() } else { None }
    }

    /// The value, if it is there.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Sets the value; gives it back if there is one.
    ///
    /// # Errors
    /// If there is one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("called once"));
        match value {
            None => Ok(()),
            Some(value) => Err(value),
        }
    }

    /// The value, made by `make` if it is not there; others who want it wait meanwhile.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, make: F) -> &T {
        self.home.require("OnceLock");
        if world::current() == World::Std {
            return self.value.get_or_init(make);
        }
        if self.set.load(Acquire) == 0 {
            // A panic in `make` leaves nothing behind: the next one tries again.
            let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            if self.value.get().is_none() {
                let value = make();
                let _ = self.value.set(value);
                // AcqRel: publishes the value; as a read-modify-write it is never taken for a racing store.
                self.set.fetch_add(1, AcqRel);
            }
            drop(making);
        }
        self.value.get().expect("set above, or by whoever has set the flag")
    }

    /// The value, if it is there.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value out, if it is there.
    pub fn take(&mut self) -> Option<T> {
        std::mem::take(self).into_inner()
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    fn clone(&self) -> Self {
        self.get().map_or_else(Self::new, |value| Self::from(value.clone()))
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        let mut once = Self::new();
        once.value = std::sync::OnceLock::from(value);
        once.set = LateWord::new(1);
        once
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_tuple("OnceLock");
        match self.value.get() {
            Some(value) => out.field(value),
            None => out.field(&format_args!("<uninit>")),
        };
        out.finish()
    }
}
