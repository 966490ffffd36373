//! `Mutex`: the data here, the lock in whatever world the object lives.
//!
//! | world | the lock |
//! |---|---|
//! | std | `plain` |
//! | loom, shuttle | `engine`, made at the first use in the execution |
//! | sequential | a flag: a second `lock` is a deadlock, and is reported as one |
//!
//! `home` sees to it that only one of them is ever in use. Poisoning is our own in all of them.

use super::unpoison::{self, Byte};
use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::explore::event::{Object, Outcome};
use crate::explore::home::{Home, Slot};
use crate::explore::world::{self, World};
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A lock around data, as [`std::sync::Mutex`].
pub struct Mutex<T: ?Sized> {
    home: Home,
    // Relaxed everywhere: the lock itself orders it, and `is_poisoned` is only a hint, as in std.
    poisoned: AtomicBool,
    plain: std::sync::Mutex<()>,
    engine: Slot<Engine>,
    data: UnsafeCell<T>,
}

// SAFETY: as std's: the data goes along, and one thread at a time is given access; `home` keeps it to one lock.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: the same.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}
impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

#[derive(Debug)]
pub(super) enum Engine {
    Loom(loom::sync::Mutex<Byte>),
    Shuttle(shuttle::sync::Mutex<Byte>),
    Sequential(Cell<bool>),
}

/// The lock, taken.
pub(super) enum Raw<'a> {
    Std(std::sync::MutexGuard<'a, ()>),
    Loom(&'a loom::sync::Mutex<Byte>, loom::sync::MutexGuard<'a, Byte>),
    Shuttle(shuttle::sync::MutexGuard<'a, Byte>),
    Sequential(&'a Cell<bool>),
}

/// Access to the data, until it is dropped, as [`std::sync::MutexGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    raw: ManuallyDrop<Raw<'a>>,
    location: &'static Location<'static>,
    /// Whether the thread was unwinding already when it took the lock: then its unwinding poisons nothing.
    panicking: bool,
}

// SAFETY: a shared guard gives `&T` and nothing else.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Self {
        Self {
            home: Home::new(),
            poisoned: AtomicBool::new(false),
            plain: std::sync::Mutex::new(()),
            engine: Slot::new(),
            data: UnsafeCell::new(value),
        }
    }

    /// The data, when nobody can hold the lock.
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.poisoned.into_inner();
        result(self.data.into_inner(), poisoned)
    }
}

/// A value, marked if the lock is poisoned.
pub(super) fn result<G>(value: G, poisoned: bool) -> LockResult<G> {
    if poisoned { Err(PoisonError::new(value)) } else { Ok(value) }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until the lock is free, and takes it.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        if self.home.is_std() {
            let raw = Raw::Std(self.plain.lock().unwrap_or_else(PoisonError::into_inner));
            return self.guard(raw, Location::caller());
        }
        self.lock_elsewhere()
    }

    #[cold]
    #[track_caller]
    fn lock_elsewhere(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("Mutex");
        if world::current() == World::Std {
            return self.lock();
        }
        let engine = self.engine();
        let raw = world::operation(
            Object::of("Mutex", self),
            "lock",
            location,
            |_| Outcome::Done,
            || match engine {
                Engine::Loom(lock) => Raw::Loom(lock, world::engine(|| lock.lock().unwrap_or_else(PoisonError::into_inner))),
                Engine::Shuttle(lock) => Raw::Shuttle(world::engine(|| lock.lock().unwrap_or_else(PoisonError::into_inner))),
                Engine::Sequential(taken) => {
                    assert!(
                        !taken.replace(true),
                        "deadlock: one thread locks a `Mutex` that it holds (at {location})"
                    );
                    Raw::Sequential(taken)
                }
            },
        );
        self.home.hold();
        self.guard(raw, location)
    }

    /// Takes the lock if it is free.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("Mutex");
        if world::current() == World::Std {
            let raw = match self.plain.try_lock() {
                Ok(raw) => raw,
                Err(TryLockError::Poisoned(raw)) => raw.into_inner(),
                Err(TryLockError::WouldBlock) => return Err(TryLockError::WouldBlock),
            };
            return Ok(self.guard(Raw::Std(raw), location)?);
        }
        let engine = self.engine();
        let raw = world::operation(
            Object::of("Mutex", self),
            "try_lock",
            location,
            |raw: &Option<Raw<'_>>| Outcome::Value(if raw.is_some() { "taken" } else { "would block" }.to_owned()),
            || match engine {
                // Neither engine's lock is ever poisoned inside, so an error is always `WouldBlock`.
                Engine::Loom(lock) => world::engine(|| lock.try_lock().ok()).map(|raw| Raw::Loom(lock, raw)),
                Engine::Shuttle(lock) => match world::engine(|| lock.try_lock()) {
                    Ok(raw) => Some(Raw::Shuttle(raw)),
                    Err(TryLockError::Poisoned(raw)) => Some(Raw::Shuttle(raw.into_inner())),
                    Err(TryLockError::WouldBlock) => None,
                },
                Engine::Sequential(taken) => (!taken.replace(true)).then_some(Raw::Sequential(taken)),
            },
        );
        let Some(raw) = raw else { return Err(TryLockError::WouldBlock) };
        self.home.hold();
        Ok(self.guard(raw, location)?)
    }

    /// The data: a `&mut` shows that nobody holds the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = *self.poisoned.get_mut();
        result(self.data.get_mut(), poisoned)
    }

    /// Whether a thread has panicked while it held the lock.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Relaxed)
    }

    /// Declares the data sound again.
    pub fn clear_poison(&self) {
        self.poisoned.store(false, Relaxed);
    }

    /// The engine's lock. The object has been claimed.
    fn engine(&self) -> &Engine {
        let make = || match world::current() {
            World::Loom => Engine::Loom(world::engine(|| loom::sync::Mutex::new(0))),
            World::Shuttle => Engine::Shuttle(shuttle::sync::Mutex::new(0)),
            World::Std | World::Sequential => Engine::Sequential(Cell::new(false)),
        };
        if world::current() == World::Sequential {
            world::touch();
        }
        // SAFETY: the callers have called `Home::require`, and are not in `World::Std`; `make` stays out of the facade.
        unsafe { self.engine.get_or_make(make) }
    }

    #[inline(always)]
    fn guard<'a>(&'a self, raw: Raw<'a>, location: &'static Location<'static>) -> LockResult<MutexGuard<'a, T>> {
        let guard = MutexGuard { mutex: self, raw: ManuallyDrop::new(raw), location, panicking: world::panicking() };
        result(guard, self.poisoned.load(Relaxed))
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// For a condition variable: the lock, to be given up while waiting. Nothing is released, nothing poisoned.
    pub(super) fn dissolve(self) -> (&'a Mutex<T>, Raw<'a>) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is never dropped, so the content is taken once.
        (this.mutex, unsafe { ManuallyDrop::take(&mut this.raw) })
    }

    /// A guard again, after the wait.
    pub(super) fn restore(
        mutex: &'a Mutex<T>,
        raw: Raw<'a>,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'a, T>> {
        mutex.guard(raw, location)
    }

    pub(super) fn home(mutex: &'a Mutex<T>) -> &'a Home {
        &mutex.home
    }

    #[cold]
    fn release_elsewhere(&mut self, raw: Raw<'_>) {
        let home = &self.mutex.home;
        home.let_go();
        match raw {
            Raw::Sequential(taken) => {
                taken.set(false);
                return;
            }
            // The engine has given up, or the execution has ended: what it knew of the lock does not matter any more.
            raw if !home.can_ask() => {
                std::mem::forget(raw);
                return;
            }
            Raw::Loom(lock, raw) => unpoison::release_mutex(lock, raw),
            // shuttle may switch here, before it releases.
            Raw::Shuttle(raw) => drop(raw),
            Raw::Std(raw) => drop(raw),
        }
        world::record(Object::of("Mutex", self.mutex), "unlock", self.location);
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.panicking && world::panicking() {
            self.mutex.poisoned.store(true, Relaxed);
        }
        // SAFETY: taken here alone; `dissolve` forgets the guard.
        match unsafe { ManuallyDrop::take(&mut self.raw) } {
            Raw::Std(raw) => drop(raw),
            raw => self.release_elsewhere(raw),
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock.
        unsafe { &*self.mutex.data.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock, and is borrowed exclusively.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    /// Does not wait, and in an exploration does not look inside: printing is not to be a step of the program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Mutex");
        if world::current() == World::Std {
            match self.try_lock() {
                Ok(guard) => out.field("data", &&*guard),
                Err(TryLockError::Poisoned(guard)) => out.field("data", &&**guard.get_ref()),
                Err(TryLockError::WouldBlock) => out.field("data", &format_args!("<locked>")),
            };
        } else {
            out.field("data", &format_args!("<explored>"));
        }
        out.field("poisoned", &self.is_poisoned()).finish_non_exhaustive()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
