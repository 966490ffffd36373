//! `Condvar`, over the mutex of the same world. There are no spurious wake-ups in an exploration.
//!
//! An exploration has no time, so a timed wait may come to its end at any moment; see [`super::timed`]. The condition
//! variable itself knows who waits, timed or not, so that `notify_one` wakes exactly one of them.

use super::mutex::{Dissolved, MutexGuard, Raw, restore_engine, restore_plain};
use super::timed::Waiters;
use super::{LockResult, PoisonError};
use crate::explore::event::{Access, Deed, Object, Outcome};
use crate::explore::home::{Home, Slot};
use crate::explore::world::{self, World};
use std::fmt;
use std::panic::Location;
use std::time::{Duration, Instant};

/// Whether a wait ended because its time was over, as [`std::sync::WaitTimeoutResult`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Whether the time was over.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

/// Waiting for news under a lock, as [`std::sync::Condvar`].
pub struct Condvar {
    home: Home,
    plain: std::sync::Condvar,
    engine: Slot<Numbered>,
}

/// The engine's condition variable, its number in the execution, and who waits.
#[derive(Debug)]
struct Numbered {
    condvar: Engine,
    serial: usize,
    waiters: Waiters,
}

impl Numbered {
    fn object(&self) -> Object {
        Object { kind: "Condvar", address: self.serial }
    }
}

#[derive(Debug)]
enum Engine {
    Loom(loom::sync::Condvar),
    Shuttle(shuttle::sync::Condvar),
    /// One thread: nobody waits, so nobody is woken.
    Sequential,
}

impl Condvar {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self { home: Home::new(), plain: std::sync::Condvar::new(), engine: Slot::new() }
    }

    /// Gives the lock up, waits to be notified, and takes the lock again.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let location = Location::caller();
        self.home.require("Condvar");
        if let Some(reason) = self.cannot_wait() {
            world::refuse(format_args!("{reason}"));
        }
        match guard.dissolve() {
            Dissolved::Plain(mutex, plain) => {
                restore_plain(mutex, self.plain.wait(plain).unwrap_or_else(PoisonError::into_inner))
            }
            // While it waits it holds nothing. If the engine gives up meanwhile, this stays so.
            Dissolved::Engine(mutex, raw) => {
                let raw = self.wait_elsewhere(mutex.object(), raw, location);
                restore_engine(mutex, raw, location)
            }
        }
    }

    #[cold]
    fn wait_elsewhere<'a>(&self, mutex: Object, raw: Raw<'a>, location: &'static Location<'static>) -> Raw<'a> {
        let engine = self.engine();
        world::operation(
            engine.object(),
            Deed::new("wait", Access::Wait { mutex, timeout: false }),
            location,
            |_| Outcome::Done,
            || match (&engine.condvar, raw) {
                (Engine::Loom(condvar), Raw::Loom(lock, raw)) => {
                    engine.waiters.untimed();
                    Raw::Loom(lock, world::engine(|| condvar.wait(raw).unwrap_or_else(PoisonError::into_inner)))
                }
                (Engine::Shuttle(condvar), Raw::Shuttle(raw)) => {
                    engine.waiters.untimed();
                    Raw::Shuttle(world::engine(|| condvar.wait(raw).unwrap_or_else(PoisonError::into_inner)))
                }
                (Engine::Sequential, Raw::Sequential(taken)) => {
                    taken.set(false);
                    world::block(format!("it waits on a `Condvar` (at {location})"), false)
                }
                // Both were claimed by the same execution.
                _ => unreachable!("a guard and a condition variable of different worlds"),
            },
        )
    }

    /// Why a wait cannot be carried here.
    fn cannot_wait(&self) -> Option<&'static str> {
        (world::current() == World::Loom && !world::aborting() && world::somebody_unwinds()).then_some(
            "a thread waits on a `Condvar` while a thread unwinds: loom would take that for a panic under the waiting \
             thread's lock",
        )
    }

    /// Waits as long as `condition` holds.
    #[track_caller]
    pub fn wait_while<'a, T, F>(&self, mut guard: MutexGuard<'a, T>, mut condition: F) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits for at most about this long. In an exploration the time may be over at any moment.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.home.require("Condvar");
        if world::current() != World::Std {
            return self.wait_timed(guard, Location::caller());
        }
        let Dissolved::Plain(mutex, plain) = guard.dissolve() else {
            unreachable!("a guard of an exploration, outside")
        };
        let (plain, timed_out) = self.plain.wait_timeout(plain, timeout).unwrap_or_else(PoisonError::into_inner);
        with_result(restore_plain(mutex, plain), timed_out.timed_out())
    }

    /// Lets the lock go, decides at a moment of its own whether news has come, and takes the lock again: see
    /// [`super::timed`].
    #[cold]
    #[track_caller]
    fn wait_timed<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        location: &'static Location<'static>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        if world::current() == World::Sequential {
            world::refuse(format_args!(
                "a timed wait in a specification: it ends by news or by time, and the plain struct cannot say by which; \
                 explore the code with `#[race_test]`, or leave the method out with `#[skip]`"
            ));
        }
        let mutex = guard.mutex();
        let engine = self.engine();
        let waiting = engine.waiters.timed();
        drop(guard);
        let news = waiting.decide(engine.object(), location);
        let lock = mutex.lock();
        with_result(lock, !news)
    }

    /// Waits for at most about this long, as long as `condition` holds. In an exploration the time may be over at any
    /// moment.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let start = Instant::now();
        let mut over = false;
        loop {
            if !condition(&mut guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let left =
                if world::current() == World::Std { timeout.checked_sub(start.elapsed()) } else { Some(timeout) };
            let Some(left) = left.filter(|_| !over) else { return Ok((guard, WaitTimeoutResult(true))) };
            let result;
            (guard, result) = self.wait_timeout(guard, left)?;
            over = result.timed_out() && world::current() != World::Std;
        }
    }

    /// Wakes one who waits, if somebody does.
    #[track_caller]
    pub fn notify_one(&self) {
        self.notify(Deed::new("notify_one", Access::NotifyOne), std::sync::Condvar::notify_one, |engine| {
            // The one who has waited longest; a timed wait is no matter of the engine's.
            if engine.waiters.notify_one() {
                return;
            }
            match &engine.condvar {
                Engine::Loom(condvar) => condvar.notify_one(),
                Engine::Shuttle(condvar) => condvar.notify_one(),
                Engine::Sequential => {}
            }
        });
    }

    /// Wakes all who wait.
    #[track_caller]
    pub fn notify_all(&self) {
        self.notify(Deed::new("notify_all", Access::NotifyAll), std::sync::Condvar::notify_all, |engine| {
            engine.waiters.notify_all();
            match &engine.condvar {
                Engine::Loom(condvar) => condvar.notify_all(),
                Engine::Shuttle(condvar) => condvar.notify_all(),
                Engine::Sequential => {}
            }
        });
    }

    #[track_caller]
    fn notify(&self, deed: Deed, plain: fn(&std::sync::Condvar), engine: fn(&Numbered)) {
        let location = Location::caller();
        self.home.require("Condvar");
        if world::current() == World::Std {
            return plain(&self.plain);
        }
        let condvar = self.engine();
        world::operation(
            condvar.object(),
            deed,
            location,
            |()| Outcome::Done,
            || {
                world::engine(|| engine(condvar));
            },
        );
    }

    /// The engine's condition variable. The object has been claimed.
    fn engine(&self) -> &Numbered {
        let make = || {
            let condvar = match world::current() {
                World::Loom => Engine::Loom(world::engine(loom::sync::Condvar::new)),
                World::Shuttle => Engine::Shuttle(shuttle::sync::Condvar::new()),
                World::Std | World::Sequential => Engine::Sequential,
            };
            Numbered { condvar, serial: world::serial(), waiters: Waiters::new() }
        };
        if world::current() == World::Sequential {
            world::touch();
        }
        // SAFETY: the callers have called `Home::require`, and are not in `World::Std`; `make` stays out of the facade.
        unsafe { self.engine.get_or_make(make) }
    }
}

/// A timed wait's result, poisoned if the lock is.
fn with_result<G>(lock: LockResult<G>, timed_out: bool) -> LockResult<(G, WaitTimeoutResult)> {
    match lock {
        Ok(guard) => Ok((guard, WaitTimeoutResult(timed_out))),
        Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), WaitTimeoutResult(timed_out)))),
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
