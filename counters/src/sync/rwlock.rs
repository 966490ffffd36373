//! `RwLock`: the data here, the lock in whatever world the object lives; see [`super::mutex`], which is built the same.
//!
//! Reading a lock that the same thread is already reading is refused in an exploration: std says that it may deadlock or
//! panic there, and does deadlock when a writer comes between; neither engine can carry it.

mod guards;

use super::mutex::{Elsewhere, result};
use super::unpoison::Byte;
use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::explore::event::{Deed, Object, Outcome};
use crate::explore::home::{Home, Slot};
use crate::explore::world::{self, World};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::mem::{ManuallyDrop, transmute};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A lock that readers share, as [`std::sync::RwLock`].
pub struct RwLock<T: ?Sized> {
    home: Home,
    /// Poisoned in an exploration; outside, `plain` knows itself.
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

/// The engine's lock, and what its holders must give back: here, not in the guards, so that the guards of the world
/// outside are as small as std's.
struct Engine {
    lock: Lock,
    /// Its number in the execution.
    serial: usize,
    readers: RefCell<Vec<Reader>>,
    writer: RefCell<Option<Writer>>,
}

impl Engine {
    fn object(&self) -> Object {
        Object { kind: "RwLock", address: self.serial }
    }
}

enum Lock {
    Loom(loom::sync::RwLock<Byte>),
    Shuttle(shuttle::sync::RwLock<Byte>),
    /// How many read; -1 for a writer.
    Sequential(Cell<isize>),
}

/// A simulated thread that reads. What it holds borrows from the `Lock` beside it, which is boxed and stays where it is;
/// never dropped by itself, for the engine may be gone.
struct Reader {
    thread: usize,
    raw: ManuallyDrop<RawRead<'static>>,
    location: &'static Location<'static>,
}

/// The simulated thread that writes.
struct Writer {
    raw: ManuallyDrop<RawWrite<'static>>,
    location: &'static Location<'static>,
    /// Whether the thread was unwinding already when it took the lock: then its unwinding poisons nothing.
    panicking: bool,
}

/// Held for its destructor.
enum RawRead<'a> {
    Loom { _guard: loom::sync::RwLockReadGuard<'a, Byte> },
    Shuttle { _guard: shuttle::sync::RwLockReadGuard<'a, Byte> },
    Sequential,
}

enum RawWrite<'a> {
    Loom(&'a loom::sync::RwLock<Byte>, loom::sync::RwLockWriteGuard<'a, Byte>),
    Shuttle(shuttle::sync::RwLockWriteGuard<'a, Byte>),
    Sequential,
}

/// Shared access to the data, until it is dropped, as [`std::sync::RwLockReadGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// The lock of the world outside; nothing in an execution, where `Engine::readers` has it.
    plain: Option<std::sync::RwLockReadGuard<'a, ()>>,
}

/// Exclusive access to the data, until it is dropped, as [`std::sync::RwLockWriteGuard`].
#[must_use = "if unused, the lock is released at once"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// The lock of the world outside; nothing in an execution, where `Engine::writer` has it.
    plain: Option<std::sync::RwLockWriteGuard<'a, ()>>,
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
        let poisoned = self.is_poisoned();
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
        if !self.home.is_std()
            && let Elsewhere::Held = self.read_elsewhere()
        {
            return self.read_guard(None);
        }
        match self.plain.read() {
            Ok(plain) => self.read_guard(Some(plain)),
            Err(poisoned) => Err(PoisonError::new(RwLockReadGuard { lock: self, plain: Some(poisoned.into_inner()) })),
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn read_elsewhere(&self) -> Elsewhere {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            return Elsewhere::Outside;
        }
        let engine = self.engine();
        self.refuse_second_read(engine);
        let raw = world::operation(
            engine.object(),
            Deed::READ,
            location,
            |_| Outcome::Done,
            || match &engine.lock {
                Lock::Loom(lock) => {
                    RawRead::Loom { _guard: world::engine(|| lock.read().unwrap_or_else(PoisonError::into_inner)) }
                }
                Lock::Shuttle(lock) => {
                    RawRead::Shuttle { _guard: world::engine(|| lock.read().unwrap_or_else(PoisonError::into_inner)) }
                }
                Lock::Sequential(state) => {
                    if state.get() < 0 {
                        world::block(format!("one thread reads a `RwLock` that it is writing (at {location})"), true);
                    }
                    state.set(state.get() + 1);
                    RawRead::Sequential
                }
            },
        );
        self.hold_read(engine, raw, location);
        Elsewhere::Held
    }

    /// Takes the lock for reading if nobody writes.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            let plain = taken(self.plain.try_read()).ok_or(TryLockError::WouldBlock)?;
            return Ok(result(RwLockReadGuard { lock: self, plain: Some(plain) }, self.is_poisoned())?);
        }
        let engine = self.engine();
        self.refuse_second_read(engine);
        let raw =
            world::operation(engine.object(), Deed::TRY_READ, location, describe_attempt, || match &engine.lock {
                Lock::Loom(lock) => {
                    taken(world::engine(|| lock.try_read())).map(|guard| RawRead::Loom { _guard: guard })
                }
                Lock::Shuttle(lock) => {
                    taken(world::engine(|| lock.try_read())).map(|guard| RawRead::Shuttle { _guard: guard })
                }
                Lock::Sequential(state) => (state.get() >= 0).then(|| {
                    state.set(state.get() + 1);
                    RawRead::Sequential
                }),
            });
        let raw = raw.ok_or(TryLockError::WouldBlock)?;
        self.hold_read(engine, raw, location);
        Ok(self.read_guard(None)?)
    }

    /// Waits until the lock is free, and takes it for writing.
    #[inline]
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        if !self.home.is_std()
            && let Elsewhere::Held = self.write_elsewhere()
        {
            return self.write_guard(None);
        }
        match self.plain.write() {
            Ok(plain) => self.write_guard(Some(plain)),
            Err(poisoned) => Err(PoisonError::new(RwLockWriteGuard { lock: self, plain: Some(poisoned.into_inner()) })),
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn write_elsewhere(&self) -> Elsewhere {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            return Elsewhere::Outside;
        }
        let engine = self.engine();
        let raw = world::operation(
            engine.object(),
            Deed::WRITE,
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
                    if state.get() != 0 {
                        world::block(format!("one thread writes a `RwLock` that it holds (at {location})"), true);
                    }
                    state.set(-1);
                    RawWrite::Sequential
                }
            },
        );
        self.hold_write(engine, raw, location);
        Elsewhere::Held
    }

    /// Takes the lock for writing if it is free.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        self.home.require("RwLock");
        if world::current() == World::Std {
            let plain = taken(self.plain.try_write()).ok_or(TryLockError::WouldBlock)?;
            return Ok(result(RwLockWriteGuard { lock: self, plain: Some(plain) }, self.is_poisoned())?);
        }
        let engine = self.engine();
        let raw =
            world::operation(engine.object(), Deed::TRY_WRITE, location, describe_attempt, || match &engine.lock {
                Lock::Loom(lock) => taken(world::engine(|| lock.try_write())).map(|guard| RawWrite::Loom(lock, guard)),
                Lock::Shuttle(lock) => taken(world::engine(|| lock.try_write())).map(RawWrite::Shuttle),
                Lock::Sequential(state) => (state.get() == 0).then(|| {
                    state.set(-1);
                    RawWrite::Sequential
                }),
            });
        let raw = raw.ok_or(TryLockError::WouldBlock)?;
        self.hold_write(engine, raw, location);
        Ok(self.write_guard(None)?)
    }

    /// The data: a `&mut` shows that nobody holds the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        result(self.data.get_mut(), poisoned)
    }

    /// Whether a thread has panicked while it was writing.
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
        let make = || Engine {
            lock: match world::current() {
                World::Loom => Lock::Loom(world::engine(|| loom::sync::RwLock::new(0))),
                World::Shuttle => Lock::Shuttle(shuttle::sync::RwLock::new(0)),
                World::Std | World::Sequential => Lock::Sequential(Cell::new(0)),
            },
            serial: world::serial(),
            readers: RefCell::default(),
            writer: RefCell::default(),
        };
        if world::current() == World::Sequential {
            world::touch();
        }
        // SAFETY: the callers have called `Home::require`, and are not in `World::Std`; `make` stays out of the facade.
        unsafe { self.engine.get_or_make(make) }
    }

    /// The engine's lock, for who has a guard of an execution.
    fn engine_of_guard(&self) -> &Engine {
        // SAFETY: the guard was made in the execution that made the engine's lock, and cannot be sent to another OS thread.
        unsafe { self.engine.get() }.expect("a guard in an execution has its lock here")
    }

    #[track_caller]
    fn refuse_second_read(&self, engine: &Engine) {
        let me = world::me();
        let reading = engine.readers.borrow().iter().any(|reader| reader.thread == me);
        if reading && !matches!(engine.lock, Lock::Sequential(_)) {
            world::refuse(format_args!(
                "recursive read: this thread reads a `RwLock` that it is already reading, which may deadlock in std as soon \
                 as a writer comes between; pass the first guard on instead"
            ));
        }
    }

    /// The engine's lock has just been taken for reading.
    fn hold_read<'a>(&'a self, engine: &'a Engine, raw: RawRead<'a>, location: &'static Location<'static>) {
        self.home.hold();
        // SAFETY: only the lifetime changes: `raw` borrows from the boxed `Lock` beside `readers`, and is not used after it.
        let raw = ManuallyDrop::new(unsafe { transmute::<RawRead<'a>, RawRead<'static>>(raw) });
        engine.readers.borrow_mut().push(Reader { thread: world::me(), raw, location });
    }

    /// The engine's lock has just been taken for writing.
    fn hold_write<'a>(&'a self, engine: &'a Engine, raw: RawWrite<'a>, location: &'static Location<'static>) {
        self.home.hold();
        // SAFETY: only the lifetime changes: `raw` borrows from the boxed `Lock` beside `writer`, and is not used after it.
        let raw = ManuallyDrop::new(unsafe { transmute::<RawWrite<'a>, RawWrite<'static>>(raw) });
        *engine.writer.borrow_mut() = Some(Writer { raw, location, panicking: world::panicking() });
    }

    #[inline(always)]
    fn read_guard<'a>(
        &'a self,
        plain: Option<std::sync::RwLockReadGuard<'a, ()>>,
    ) -> LockResult<RwLockReadGuard<'a, T>> {
        result(RwLockReadGuard { lock: self, plain }, self.poisoned.load(Relaxed))
    }

    #[inline(always)]
    fn write_guard<'a>(
        &'a self,
        plain: Option<std::sync::RwLockWriteGuard<'a, ()>>,
    ) -> LockResult<RwLockWriteGuard<'a, T>> {
        result(RwLockWriteGuard { lock: self, plain }, self.poisoned.load(Relaxed))
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
