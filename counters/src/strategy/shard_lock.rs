//! The lock of one shard: one word, taken by an exchange and released by a store.
//!
//! That the release is a store is what it is for: an uncontended critical section costs one read-modify-write and not two.
//! The price is that the releaser does not learn from its own word whether somebody sleeps; it looks at a count beside it,
//! and may look too early, since nothing orders a store before a later load of another word. So who sleeps does so for a
//! while only, and looks again by itself: a wake-up that was missed costs [`PATIENCE`], and never the waiting.
//!
//! | word | free | taken |
//! |---|---|---|
//! | `taken` | 0 | 1: its holder alone stores 0; others put 1 there, and have it if they find 0 |
//! | `sleepers` | | how many sleep, or are about to; the holder wakes one if it sees any |
//!
//! Who waits spins for a moment, then gives its turn away (the holder may be waiting for this very core), then sleeps.
//! Nobody is promised to be the next, as with std's locks.
//!
//! An exploration of a `sharded` type has the facade's [`Mutex`] in each shard, whose waiting every engine understands; this
//! lock is explored by itself, in `race-tests/tests/shard_lock.rs`: that it excludes, and hands on what it protects.

#![cfg_attr(not(feature = "explore"), allow(unreachable_pub, reason = "its explorations are its other users"))]

use crate::cell::UnsafeCell;
use crate::sync::atomic::AtomicU32;
use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{Condvar, Mutex};
use crate::{hint, thread};
use std::time::Duration;

/// How long a wake-up may be late that was missed. In all likelihood none is: the releaser's store is seen by others
/// long before who waits has gone through the spinning.
const PATIENCE: Duration = Duration::from_millis(1);
/// Spinning doubles from 1 to this many pauses, 127 in all: a few times what a critical section of a map takes.
const LONGEST_SPIN: u32 = 64;
/// Turns given away before sleeping.
const TURNS: u32 = 8;

/// The state of one shard behind its lock.
pub struct ShardLock<S> {
    taken: AtomicU32,
    sleepers: AtomicU32,
    /// Whether a method has panicked half-way. The holder's.
    poisoned: UnsafeCell<bool>,
    state: UnsafeCell<S>,
    bed: Mutex<()>,
    awake: Condvar,
}

// SAFETY: the state goes along, and is reached by the one thread that holds the lock.
unsafe impl<S: Send> Send for ShardLock<S> {}
// SAFETY: the same.
unsafe impl<S: Send> Sync for ShardLock<S> {}
impl<S> std::panic::UnwindSafe for ShardLock<S> {}
impl<S> std::panic::RefUnwindSafe for ShardLock<S> {}

/// The lock, taken, until it is dropped.
pub struct Held<'a, S>(&'a ShardLock<S>);

impl<S> ShardLock<S> {
    /// A free lock around a state.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn new(state: S) -> Self {
        Self {
            taken: AtomicU32::new(0),
            sleepers: AtomicU32::new(0),
            poisoned: UnsafeCell::new(false),
            state: UnsafeCell::new(state),
            bed: Mutex::new(()),
            awake: Condvar::new(),
        }
    }

    /// Waits until the lock is free, and takes it.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn lock(&self) -> Held<'_, S> {
        if !self.take_at_once() {
            self.wait();
        }
        Held(self)
    }

    /// The first try. Not a compare-exchange, as for those who wait: who finds 1 has put 1 where it was, and an
    /// unconditional exchange costs less, a twentieth of a whole lookup, measured.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn take_at_once(&self) -> bool {
        // An exchange that finds the holder's 1 comes right after it in the word's modification order, so the holder's 0
        // comes later than both. loom allows that 0 between the two, where nobody would ever find the lock free; so
        // under loom it is the compare-exchange, and this one is for shuttle and real threads to try.
        #[cfg(feature = "explore")]
        if crate::explore::world::current() == crate::explore::world::World::Loom {
            return self.take();
        }
        // Acquire: what the last holder did to the state is seen.
        self.taken.swap(1, Acquire) == 0
    }

    /// Takes the lock if it is free: for who has found it taken.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn take(&self) -> bool {
        // Acquire: what the last holder did to the state is seen. Relaxed: who fails learns nothing from it.
        self.taken.compare_exchange(0, 1, Acquire, Relaxed).is_ok()
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn wait(&self) {
        let mut pauses = 1;
        while pauses <= LONGEST_SPIN && !cannot_sleep() {
            (0..pauses).for_each(|_| hint::spin_loop());
            // Relaxed: a look before the exchange, so that those who wait share the line and do not fight over it.
            if self.taken.load(Relaxed) == 0 && self.take() {
                return;
            }
            pauses *= 2;
        }
        for _ in 0..TURNS {
            thread::yield_now();
            if self.take() {
                return;
            }
        }
        // A simulated turn is as good as sleep, and time that passes is no engine's.
        while cannot_sleep() {
            hint::spin_loop();
            if self.take() {
                return;
            }
        }
        self.sleep();
    }

    #[cold]
    fn sleep(&self) {
        // Relaxed, here and below: a number. Whether the releaser sees it in time decides how long we sleep, not whether.
        self.sleepers.fetch_add(1, Relaxed);
        let mut bed = self.bed.lock().unwrap_or_else(|e| e.into_inner());
        // Under the lock of the bed: who wakes us must have it, so we are either not asleep yet, and try, or hear it.
        while !self.take() {
            bed = match self.awake.wait_timeout(bed, PATIENCE) {
                Ok((bed, _)) => bed,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        drop(bed);
        self.sleepers.fetch_sub(1, Relaxed);
    }

    #[cold]
    #[inline(never)]
    fn wake_one(&self) {
        drop(self.bed.lock());
        self.awake.notify_one();
    }

    /// The state, when nobody can hold the lock, and whether it is poisoned.
    pub fn into_inner(mut self) -> (S, bool) {
        let poisoned = *self.poisoned.get_mut();
        (self.state.into_inner(), poisoned)
    }
}

/// Whether this is a simulated thread: its engine has no clock to wake it by.
#[inline(always)]
fn cannot_sleep() -> bool {
    #[cfg(feature = "explore")]
    return crate::explore::world::current() != crate::explore::world::World::Std;
    #[cfg(not(feature = "explore"))]
    false
}

impl<S> Held<'_, S> {
    /// Whether a method has panicked half-way.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn is_poisoned(&self) -> bool {
        // SAFETY: we hold the lock.
        self.0.poisoned.with(|poisoned| unsafe { *poisoned })
    }

    /// Says whether it has.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn set_poisoned(&mut self, poisoned: bool) {
        // SAFETY: we hold the lock.
        self.0.poisoned.with_mut(|flag| unsafe { *flag = poisoned });
    }

    /// Runs `body` on the state; if it unwinds, the lock is poisoned.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn run<R>(&mut self, body: impl FnOnce(&mut S) -> R) -> R {
        struct Unwinding<'a, 'b, S>(&'a mut Held<'b, S>);
        impl<S> Drop for Unwinding<'_, '_, S> {
            #[cold]
            fn drop(&mut self) {
                self.0.set_poisoned(true);
            }
        }
        let watch = Unwinding(self);
        // SAFETY: we hold the lock, and this borrows the guard, so nobody else comes to the state meanwhile.
        let result = watch.0.0.state.with_mut(|state| body(unsafe { &mut *state }));
        std::mem::forget(watch);
        result
    }
}

impl<S> Drop for Held<'_, S> {
    #[inline(always)]
    fn drop(&mut self) {
        #[cfg(feature = "explore")]
        if crate::explore::world::aborting() {
            return; // The engine has given up: nothing may be asked of it, and nobody will want the lock.
        }
        // Release: what we did to the state is seen by who takes the lock next.
        self.0.taken.store(0, Release);
        // Relaxed: see `sleep`.
        if self.0.sleepers.load(Relaxed) != 0 {
            self.0.wake_one();
        }
    }
}

#[cfg(all(test, not(feature = "explore")))]
mod tests {
    use super::ShardLock;
    use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use crate::thread;
    use std::time::{Duration, Instant};

    #[test]
    fn many_threads_on_few_cores_lose_nothing() {
        let lock = ShardLock::new(0_u64);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| (0..20_000).for_each(|_| lock.lock().run(|value| *value += 1)));
            }
        });
        assert_eq!(lock.into_inner(), (320_000, false));
    }

    #[test]
    fn who_waits_long_sleeps() {
        let lock = ShardLock::new(());
        let asleep = AtomicU64::new(0);
        thread::scope(|scope| {
            let held = lock.lock();
            for _ in 0..4 {
                scope.spawn(|| {
                    lock.lock().run(|()| ());
                    asleep.fetch_add(1, Relaxed);
                });
            }
            let began = Instant::now();
            while lock.sleepers.load(Relaxed) < 4 {
                assert!(began.elapsed() < Duration::from_secs(120), "they spin");
                thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(asleep.load(Relaxed), 0);
            drop(held);
        });
        assert_eq!((asleep.load(Relaxed), lock.sleepers.load(Relaxed)), (4, 0));
    }

    #[test]
    fn a_panic_poisons_and_lets_go() {
        let lock = ShardLock::new(1);
        let body = || {
            lock.lock().run(|value| {
                *value = 2;
                panic!("on purpose")
            })
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_err());
        let mut held = lock.lock();
        assert!(held.is_poisoned());
        held.set_poisoned(false);
        drop(held);
        assert_eq!(lock.into_inner(), (2, false));
    }
}
