//! `RwLock`: the data here, the lock in whatever world the object lives; see [`super::mutex`], which is built the same.
//!
//! Reading a lock that the same thread is already reading is refused in an exploration: std says that it may deadlock or
//! panic there, and does deadlock when a writer comes between; neither engine can carry it.

use super::mutex::result;
use super::unpoison::{self, Byte};
use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::explore::event::{Object, Outcome};
use crate::explore::home::{Home, Slot};
use crate::explore::world::{self, World};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A lock that readers share, as [`std::sync::RwLock`].
pub struct RwLock<T: ?Sized> {
    home: Home,
    // Relaxed everywhere: the lock itself orders it, and `is_poisoned` is only a hint, as in std.
    poisoned: AtomicBool,
    plain: std::sync::RwLock<()>,
    engine: Slot<Engine>,
    data: UnsafeCell<T>,
}

// SAFETY: as std's: the data goes along; `home` keeps it to one lock.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as std's: readers share the data between threads, a writer has it alone; `home` keeps it to one lock.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}
impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

#[derive(Debug)]
struct Engine {
    lock: Lock,
    /// The simulated threads that are reading.
    readers: RefCell<Vec<usize>>,
}

#[derive(Debug)]
enum Lock {
    Loom(loom::sync::RwLock<Byte>),
    Shuttle(shuttle::sync::RwLock<Byte>),
    /// How many read; -1 for a writer.
    Sequential(Cell<isize>),
}

enum RawRead<'a> {
    Std(std::sync::RwLockReadGuard<'a, ()>),
    Loom(loom::sync::RwLockReadGuard<'a, Byte>),
    Shuttle(shuttle::sync::RwLockReadGuard<'a, Byte>),
    Sequential(&'a Cell<isize>),
}

enum RawWrite<'a> {
    Std(std::sync::RwLockWriteGuard<'a, ()>),
    Loom(&'a loom::sync::RwLock<Byte>, loom::sync::RwLockWriteGuard<'a, Byte>),
    Shuttle(shuttle::sync::RwLockWriteGuard<'a, Byte>),
    Sequential(&'a Cell<isize>),
}

/// Shared access to the data, until it is dropped, as [`std::sync::RwLockReadGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    raw: ManuallyDrop<RawRead<'a>>,
    location: &'static Location<'static>,
}

/// Exclusive access to the data, until it is dropped, as [`std::sync::RwLockWriteGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    raw: ManuallyDrop<RawWrite<'a>>,
    location: &'static Location<'static>,
    /// Whether the thread was unwinding already when it took the lock: then its unwinding poisons nothing.
    panicking: bool,
}

// SAFETY: a shared guard gives `&T` and nothing else.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: the same.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<T> RwLock<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Self {
        Self {
            home: Home::new(),
            poisoned: AtomicBool::new(false),
            plain: std::sync::RwLock::new(()),
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

/// Forgets that an attempt would have waited, and that an inner lock is poisoned.
fn taken<G>(attempt: TryLockResult<G>) -> Option<G> {
    match attempt {
        Ok(raw) => Some(raw),
        Err(TryLockError::Poisoned(raw)) => Some(raw.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

fn describe_attempt<R>(raw: &Option<R>) -> Outcome {
    Outcome::Value(if raw.is_some() { "taken" } else { "would block" }.to_owned())
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until nobody writes, and takes the lock for reading.
    #[inline]
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        if self.home.is_std() {
            let raw = RawRead::Std(self.plain.read().unwrap_or_else(PoisonError::into_inner));
            return self.read_guard(raw, Location::caller());
        }
        self.read_elsewhere()
    }

    #[cold]
    #[track_caller]
    fn read_elsewhere(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            return self.read();
        }
        let engine = self.engine();
        self.refuse_second_read(engine);
        let raw = world::operation(
            Object::of("RwLock", self),
            "read",
            location,
            |_| Outcome::Done,
            || match &engine.lock {
                Lock::Loom(lock) => RawRead::Loom(world::engine(|| lock.read().unwrap_or_else(PoisonError::into_inner))),
                Lock::Shuttle(lock) => {
                    RawRead::Shuttle(world::engine(|| lock.read().unwrap_or_else(PoisonError::into_inner)))
                }
                Lock::Sequential(state) => {
                    assert!(state.get() >= 0, "deadlock: one thread reads a `RwLock` that it is writing (at {location})");
                    state.set(state.get() + 1);
                    RawRead::Sequential(state)
                }
            },
        );
        self.reading(engine);
        self.read_guard(raw, location)
    }

    /// Takes the lock for reading if nobody writes.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            let raw = taken(self.plain.try_read()).ok_or(TryLockError::WouldBlock)?;
            return Ok(self.read_guard(RawRead::Std(raw), location)?);
        }
        let engine = self.engine();
        self.refuse_second_read(engine);
        let raw = world::operation(Object::of("RwLock", self), "try_read", location, describe_attempt, || match &engine.lock {
            Lock::Loom(lock) => taken(world::engine(|| lock.try_read())).map(RawRead::Loom),
            Lock::Shuttle(lock) => taken(world::engine(|| lock.try_read())).map(RawRead::Shuttle),
            Lock::Sequential(state) => (state.get() >= 0).then(|| {
                state.set(state.get() + 1);
                RawRead::Sequential(state)
            }),
        });
        let raw = raw.ok_or(TryLockError::WouldBlock)?;
        self.reading(engine);
        Ok(self.read_guard(raw, location)?)
    }

    /// Waits until the lock is free, and takes it for writing.
    #[inline]
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        if self.home.is_std() {
            let raw = RawWrite::Std(self.plain.write().unwrap_or_else(PoisonError::into_inner));
            return self.write_guard(raw, Location::caller());
        }
        self.write_elsewhere()
    }

    #[cold]
    #[track_caller]
    fn write_elsewhere(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            return self.write();
        }
        let engine = self.engine();
        let raw = world::operation(
            Object::of("RwLock", self),
            "write",
            location,
            |_| Outcome::Done,
            || match &engine.lock {
                Lock::Loom(lock) => {
                    RawWrite::Loom(lock, world::engine(|| lock.write().unwrap_or_else(PoisonError::into_inner)))
                }
                Lock::Shuttle(lock) => {
                    RawWrite::Shuttle(world::engine(|| lock.write().unwrap_or_else(PoisonError::into_inner)))
                }
                Lock::Sequential(state) => {
                    assert!(state.get() == 0, "deadlock: one thread writes a `RwLock` that it holds (at {location})");
                    state.set(-1);
                    RawWrite::Sequential(state)
                }
            },
        );
        self.home.hold();
        self.write_guard(raw, location)
    }

    /// Takes the lock for writing if it is free.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            let raw = taken(self.plain.try_write()).ok_or(TryLockError::WouldBlock)?;
            return Ok(self.write_guard(RawWrite::Std(raw), location)?);
        }
        let engine = self.engine();
        let raw = world::operation(Object::of("RwLock", self), "try_write", location, describe_attempt, || match &engine.lock {
            Lock::Loom(lock) => taken(world::engine(|| lock.try_write())).map(|raw| RawWrite::Loom(lock, raw)),
            Lock::Shuttle(lock) => taken(world::engine(|| lock.try_write())).map(RawWrite::Shuttle),
            Lock::Sequential(state) => (state.get() == 0).then(|| {
                state.set(-1);
                RawWrite::Sequential(state)
            }),
        });
        let raw = raw.ok_or(TryLockError::WouldBlock)?;
        self.home.hold();
        Ok(self.write_guard(raw, location)?)
    }

    /// The data: a `&mut` shows that nobody holds the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = *self.poisoned.get_mut();
        result(self.data.get_mut(), poisoned)
    }

    /// Whether a thread has panicked while it was writing.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Relaxed)
    }

    /// Declares the data sound again.
    pub fn clear_poison(&self) {
        self.poisoned.store(false, Relaxed);
    }

    /// The engine's lock. The object has been claimed.
    fn engine(&self) -> &Engine {
        let make = || Engine {
            lock: match world::current() {
                World::Loom => Lock::Loom(world::engine(|| loom::sync::RwLock::new(0))),
                World::Shuttle => Lock::Shuttle(shuttle::sync::RwLock::new(0)),
                World::Std | World::Sequential => Lock::Sequential(Cell::new(0)),
            },
            readers: RefCell::default(),
        };
        if world::current() == World::Sequential {
            world::touch();
        }
        // SAFETY: the callers have called `Home::require`, and are not in `World::Std`; `make` stays out of the facade.
        unsafe { self.engine.get_or_make(make) }
    }

    #[track_caller]
    fn refuse_second_read(&self, engine: &Engine) {
        if !matches!(engine.lock, Lock::Sequential(_)) && engine.readers.borrow().contains(&world::me()) {
            world::refuse(format_args!(
                "recursive read: this thread reads a `RwLock` that it is already reading, which may deadlock in std as soon \
                 as a writer comes between; pass the first guard on instead"
            ));
        }
    }

    fn reading(&self, engine: &Engine) {
        self.home.hold();
        engine.readers.borrow_mut().push(world::me());
    }

    #[inline(always)]
    fn read_guard<'a>(
        &'a self,
        raw: RawRead<'a>,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockReadGuard<'a, T>> {
        result(RwLockReadGuard { lock: self, raw: ManuallyDrop::new(raw), location }, self.poisoned.load(Relaxed))
    }

    #[inline(always)]
    fn write_guard<'a>(
        &'a self,
        raw: RawWrite<'a>,
        location: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'a, T>> {
        let guard = RwLockWriteGuard { lock: self, raw: ManuallyDrop::new(raw), location, panicking: world::panicking() };
        result(guard, self.poisoned.load(Relaxed))
    }
}

impl<T: ?Sized> RwLockReadGuard<'_, T> {
    #[cold]
    fn release_elsewhere(&mut self, raw: RawRead<'_>) {
        let home = &self.lock.home;
        home.let_go();
        if let RawRead::Sequential(state) = raw {
            return state.set(state.get() - 1);
        }
        if !home.can_ask() {
            // The engine has given up, or the execution has ended: what it knew of the lock does not matter any more.
            return std::mem::forget(raw);
        }
        let me = world::me();
        let mut readers = self.lock.engine().readers.borrow_mut();
        if let Some(index) = readers.iter().position(|reader| *reader == me) {
            readers.swap_remove(index);
        }
        drop(readers);
        // Readers do not poison, so nothing is to be mended even if this OS thread unwinds. shuttle may switch here,
        // before it releases; the engine may have given up without the facade's knowing, and a panic while this thread
        // unwinds would end the process.
        if std::thread::panicking() {
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(raw))).is_err() {
                return world::give_up();
            }
        } else {
            drop(raw);
        }
        world::record(Object::of("RwLock", self.lock), "unlock", self.location);
    }
}

impl<T: ?Sized> RwLockWriteGuard<'_, T> {
    #[cold]
    fn release_elsewhere(&mut self, raw: RawWrite<'_>) {
        let home = &self.lock.home;
        home.let_go();
        match raw {
            RawWrite::Sequential(state) => return state.set(0),
            // As for a read guard.
            raw if !home.can_ask() => return std::mem::forget(raw),
            RawWrite::Loom(lock, raw) => unpoison::release_write(lock, raw),
            RawWrite::Shuttle(raw) => drop(raw),
            RawWrite::Std(raw) => drop(raw),
        }
        world::record(Object::of("RwLock", self.lock), "unlock", self.location);
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: taken here alone.
        match unsafe { ManuallyDrop::take(&mut self.raw) } {
            RawRead::Std(raw) => drop(raw),
            raw => self.release_elsewhere(raw),
        }
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.panicking && world::panicking() {
            self.lock.poisoned.store(true, Relaxed);
        }
        // SAFETY: taken here alone.
        match unsafe { ManuallyDrop::take(&mut self.raw) } {
            RawWrite::Std(raw) => drop(raw),
            raw => self.release_elsewhere(raw),
        }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock, so nobody writes.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock alone, and is borrowed exclusively.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    /// Does not wait, and in an exploration does not look inside: printing is not to be a step of the program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("RwLock");
        if world::current() == World::Std {
            match self.try_read() {
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

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
