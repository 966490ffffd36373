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
use crate::explore::event::{Deed, Object, Outcome};
use crate::explore::home::{Home, Slot};
use crate::explore::world::{self, World};
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::{ManuallyDrop, transmute};
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A lock around data, as [`std::sync::Mutex`].
pub struct Mutex<T: ?Sized> {
    home: Home,
    /// Poisoned in an exploration; outside, `plain` knows itself.
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

/// The engine's lock, and what its holder must give back: it is here, not in the guard, so that the guard of the world
/// outside is as small as std's.
struct Engine {
    lock: Lock,
    /// Its number in the execution.
    serial: usize,
    /// Touched by the holder of `lock` alone.
    held: UnsafeCell<Option<Held>>,
}

impl Engine {
    fn object(&self) -> Object {
        Object { kind: "Mutex", address: self.serial }
    }
}

enum Lock {
    Loom(loom::sync::Mutex<Byte>),
    Shuttle(shuttle::sync::Mutex<Byte>),
    Sequential(Cell<bool>),
}

/// The engine's lock, taken. It borrows from the `Lock` beside it, which is boxed and stays where it is; never dropped
/// by itself, for the engine may be gone.
struct Held {
    raw: ManuallyDrop<Raw<'static>>,
    location: &'static Location<'static>,
    /// Whether the thread was unwinding already when it took the lock: then its unwinding poisons nothing.
    panicking: bool,
}

pub(super) enum Raw<'a> {
    Loom(&'a loom::sync::Mutex<Byte>, loom::sync::MutexGuard<'a, Byte>),
    Shuttle(shuttle::sync::MutexGuard<'a, Byte>),
    Sequential(&'a Cell<bool>),
}

/// Access to the data, until it is dropped, as [`std::sync::MutexGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// The lock of the world outside; nothing in an execution, where `Engine::held` has it.
    plain: Option<std::sync::MutexGuard<'a, ()>>,
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
        let poisoned = self.is_poisoned();
        result(self.data.into_inner(), poisoned)
    }
}

/// What came of asking for a lock off the fast path. Not the guard itself: a result in memory would make the fast path,
/// which shares its place, more than half as slow again.
pub(super) enum Elsewhere {
    /// The execution's lock is taken.
    Held,
    /// It is the world outside's, now claimed for it: nothing is taken yet.
    Outside,
}

/// A value, marked if the lock is poisoned.
#[inline(always)]
pub(super) fn result<G>(value: G, poisoned: bool) -> LockResult<G> {
    if poisoned { Err(PoisonError::new(value)) } else { Ok(value) }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until the lock is free, and takes it.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        if !self.home.is_std()
            && let Elsewhere::Held = self.lock_elsewhere()
        {
            return self.guard(None);
        }
        match self.plain.lock() {
            Ok(plain) => self.guard(Some(plain)),
            Err(poisoned) => Err(PoisonError::new(MutexGuard { mutex: self, plain: Some(poisoned.into_inner()) })),
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn lock_elsewhere(&self) -> Elsewhere {
        let location = Location::caller();
        self.home.require("Mutex");
        if world::current() == World::Std {
            return Elsewhere::Outside;
        }
        let engine = self.engine();
        let raw = world::operation(
            engine.object(),
            Deed::LOCK,
            location,
            |_| Outcome::Done,
            || match &engine.lock {
                Lock::Loom(lock) => {
                    Raw::Loom(lock, world::engine(|| lock.lock().unwrap_or_else(PoisonError::into_inner)))
                }
                Lock::Shuttle(lock) => {
                    Raw::Shuttle(world::engine(|| lock.lock().unwrap_or_else(PoisonError::into_inner)))
                }
                Lock::Sequential(taken) => {
                    if taken.replace(true) {
                        world::block(format!("one thread locks a `Mutex` that it holds (at {location})"), true);
                    }
                    Raw::Sequential(taken)
                }
            },
        );
        self.hold(raw, location);
        Elsewhere::Held
    }

    /// Takes the lock if it is free.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("Mutex");
        if world::current() == World::Std {
            return match self.plain.try_lock() {
                Ok(plain) => Ok(self.guard(Some(plain))?),
                Err(TryLockError::Poisoned(plain)) => {
                    let guard = MutexGuard { mutex: self, plain: Some(plain.into_inner()) };
                    Err(TryLockError::Poisoned(PoisonError::new(guard)))
                }
                Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
            };
        }
        let engine = self.engine();
        let raw = world::operation(
            engine.object(),
            Deed::TRY_LOCK,
            location,
            |raw: &Option<Raw<'_>>| Outcome::Value(if raw.is_some() { "taken" } else { "would block" }.to_owned()),
            || match &engine.lock {
                // loom's lock is never left poisoned, so an error is always `WouldBlock`.
                Lock::Loom(lock) => world::engine(|| lock.try_lock().ok()).map(|raw| Raw::Loom(lock, raw)),
                Lock::Shuttle(lock) => match world::engine(|| lock.try_lock()) {
                    Ok(raw) => Some(Raw::Shuttle(raw)),
                    Err(TryLockError::Poisoned(raw)) => Some(Raw::Shuttle(raw.into_inner())),
                    Err(TryLockError::WouldBlock) => None,
                },
                Lock::Sequential(taken) => (!taken.replace(true)).then_some(Raw::Sequential(taken)),
            },
        );
        let Some(raw) = raw else { return Err(TryLockError::WouldBlock) };
        self.hold(raw, location);
        Ok(self.guard(None)?)
    }

    /// The data: a `&mut` shows that nobody holds the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        result(self.data.get_mut(), poisoned)
    }

    /// Whether a thread has panicked while it held the lock.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Relaxed) || self.plain.is_poisoned()
    }

    /// Declares the data sound again.
    pub fn clear_poison(&self) {
        self.poisoned.store(false, Relaxed);
        self.plain.clear_poison();
    }

    /// The engine's lock. The object has been claimed.
    fn engine(&self) -> &Engine {
        let make = || {
            let lock = match world::current() {
                World::Loom => Lock::Loom(world::engine(|| loom::sync::Mutex::new(0))),
                World::Shuttle => Lock::Shuttle(shuttle::sync::Mutex::new(0)),
                World::Std | World::Sequential => Lock::Sequential(Cell::new(false)),
            };
            Engine { lock, serial: world::serial(), held: UnsafeCell::new(None) }
        };
        if world::current() == World::Sequential {
            world::touch();
        }
        // SAFETY: the callers have called `Home::require`, or hold a guard, and are not in `World::Std`; `make` stays out
        // of the facade.
        unsafe { self.engine.get_or_make(make) }
    }

    /// The engine's lock has just been taken. A guard without `plain` now stands for it.
    fn hold<'a>(&'a self, raw: Raw<'a>, location: &'static Location<'static>) {
        self.home.hold();
        // SAFETY: only the lifetime changes: `raw` borrows from the boxed `Lock` beside `held`, and is not used after it.
        let raw = ManuallyDrop::new(unsafe { transmute::<Raw<'a>, Raw<'static>>(raw) });
        let held = Held { raw, location, panicking: world::panicking() };
        // SAFETY: we hold the lock, so nobody else is here; and no reference into `held` outlives a statement.
        unsafe { *self.engine().held.get() = Some(held) };
    }

    /// The lock as events name it. The object has been claimed.
    pub(super) fn object(&self) -> Object {
        self.engine().object()
    }

    #[inline(always)]
    fn guard<'a>(&'a self, plain: Option<std::sync::MutexGuard<'a, ()>>) -> LockResult<MutexGuard<'a, T>> {
        result(MutexGuard { mutex: self, plain }, self.poisoned.load(Relaxed))
    }

    /// What the holder in an execution must give back. The caller has a guard.
    fn take_held(&self) -> Held {
        // SAFETY: the guard was made in the execution that made the engine's lock, and cannot be sent to another OS
        // thread. Its holder is alone with `held`, and no reference into it outlives the statement.
        let held = unsafe { self.engine.get().and_then(|engine| (*engine.held.get()).take()) };
        held.expect("a guard in an execution has its lock here")
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// For a timed wait: whose guard it is.
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }

    /// For a condition variable: the lock, to be given up while waiting. Nothing is released, nothing poisoned.
    pub(super) fn dissolve(self) -> Dissolved<'a, T> {
        let mut this = ManuallyDrop::new(self);
        let mutex = this.mutex;
        match this.plain.take() {
            Some(plain) => Dissolved::Plain(mutex, plain),
            None => {
                mutex.home.let_go();
                Dissolved::Engine(mutex, ManuallyDrop::into_inner(mutex.take_held().raw))
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn release_elsewhere(&mut self) {
        let home = &self.mutex.home;
        home.let_go();
        let Held { raw, location, panicking } = self.mutex.take_held();
        let poisons = !panicking && world::panicking();
        if poisons {
            self.mutex.poisoned.store(true, Relaxed);
        }
        let raw = ManuallyDrop::into_inner(raw);
        if let Raw::Sequential(taken) = raw {
            return taken.set(false);
        }
        if !home.can_ask() {
            // The engine has given up, or the execution has ended: what it knew of the lock does not matter any more.
            return std::mem::forget(raw);
        }
        world::operation(
            self.mutex.object(),
            if poisons { Deed::POISONS } else { Deed::UNLOCK },
            location,
            |()| Outcome::Done,
            || match raw {
                Raw::Loom(lock, raw) => unpoison::release_mutex(lock, raw),
                // shuttle may switch here, before it releases.
                Raw::Shuttle(raw) => drop(raw),
                Raw::Sequential(_) => {}
            },
        );
    }
}

/// A guard taken apart, for the time of a wait.
pub(super) enum Dissolved<'a, T: ?Sized> {
    Plain(&'a Mutex<T>, std::sync::MutexGuard<'a, ()>),
    Engine(&'a Mutex<T>, Raw<'a>),
}

/// A guard again, in the world outside. `plain` may have been poisoned meanwhile.
pub(super) fn restore_plain<'a, T: ?Sized>(
    mutex: &'a Mutex<T>,
    plain: std::sync::MutexGuard<'a, ()>,
) -> LockResult<MutexGuard<'a, T>> {
    result(MutexGuard { mutex, plain: Some(plain) }, mutex.is_poisoned())
}

/// A guard again, in an execution.
pub(super) fn restore_engine<'a, T: ?Sized>(
    mutex: &'a Mutex<T>,
    raw: Raw<'a>,
    location: &'static Location<'static>,
) -> LockResult<MutexGuard<'a, T>> {
    mutex.hold(raw, location);
    mutex.guard(None)
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        // The world outside releases by dropping `plain`.
        if self.plain.is_none() {
            self.release_elsewhere();
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
