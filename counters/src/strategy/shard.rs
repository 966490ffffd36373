//! One shard: a state behind a lock of its own, and who is to blame if it is poisoned.
//!
//! What ships has the one-word lock of [`shard_lock`](super::shard_lock). A build with `explore` has the facade's lock,
//! whose waiting, deadlocks and poison the engines understand; the one-word lock is explored by itself.

use super::hidden::{Blame, poisoned};
use super::op::{Named, Op};
#[cfg(not(feature = "explore"))]
use super::shard_lock::{Held as Guard, ShardLock as Lock};
#[cfg(feature = "explore")]
use crate::sync::{Mutex as Lock, MutexGuard as Guard};

/// A cache line of its own. Two, so that processors which fetch lines in pairs do not fetch its neighbour along, would use
/// only every other set of the first cache, which 512 shards then no longer fit: a tenth slower with two threads, measured.
#[cfg_attr(not(target_arch = "aarch64"), repr(align(64)))]
#[cfg_attr(target_arch = "aarch64", repr(align(128)))]
pub(super) struct Shard<S> {
    lock: Lock<S>,
    pub(super) blame: Blame,
}

/// A shard that this thread holds.
pub(super) struct Held<'a, S> {
    guard: Guard<'a, S>,
    shard: &'a Shard<S>,
}

impl<S> Shard<S> {
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn new(state: S) -> Self {
        Self { lock: Lock::new(state), blame: Blame::new() }
    }

    /// Waits for the shard, and takes it; refuses if it is poisoned.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn hold(&self) -> Held<'_, S>
    where
        S: Named,
    {
        match self.try_hold() {
            Ok(held) => held,
            Err(by) => poisoned::<S>(by),
        }
    }

    /// The same, without refusing: who is to blame, where the shard is poisoned.
    #[cfg(feature = "explore")]
    #[track_caller]
    pub(super) fn try_hold(&self) -> Result<Held<'_, S>, Option<&'static str>> {
        match self.lock.lock() {
            Ok(guard) => Ok(Held { guard, shard: self }),
            Err(guard) => {
                let by = self.blame.method();
                drop(guard);
                Err(by)
            }
        }
    }

    /// The same, without refusing: who is to blame, where the shard is poisoned.
    #[cfg(not(feature = "explore"))]
    #[inline]
    pub(super) fn try_hold(&self) -> Result<Held<'_, S>, Option<&'static str>> {
        let guard = self.lock.lock();
        if guard.is_poisoned() { Err(self.blame.method()) } else { Ok(Held { guard, shard: self }) }
    }

    #[cfg(feature = "explore")]
    pub(super) fn is_poisoned(&self) -> bool {
        self.lock.is_poisoned()
    }

    #[cfg(not(feature = "explore"))]
    pub(super) fn is_poisoned(&self) -> bool {
        self.lock.lock().is_poisoned()
    }

    #[cfg(feature = "explore")]
    pub(super) fn clear_poison(&self) {
        self.lock.clear_poison();
    }

    #[cfg(not(feature = "explore"))]
    pub(super) fn clear_poison(&self) {
        self.lock.lock().set_poisoned(false);
    }

    /// The state, unless it is poisoned: then who is to blame.
    pub(super) fn into_inner(self) -> Result<S, Option<&'static str>> {
        let by = self.blame.method();
        #[cfg(feature = "explore")]
        return self.lock.into_inner().map_err(|_| by);
        #[cfg(not(feature = "explore"))]
        match self.lock.into_inner() {
            (state, false) => Ok(state),
            (_, true) => Err(by),
        }
    }
}

impl<S> Held<'_, S> {
    /// Another shard's panic poisons this one too. Only while this thread unwinds.
    #[cold]
    pub(super) fn spoil(&mut self, method: &'static &'static str) {
        self.shard.blame.blame(method);
        // The facade's lock sees by itself that its holder unwinds.
        #[cfg(not(feature = "explore"))]
        self.guard.set_poisoned(true);
    }

    /// What a panic that was caught has left is no poison of this shard alone.
    #[cold]
    pub(super) fn mend(&mut self) {
        // The facade's lock is not poisoned by a panic that its holder has caught.
        #[cfg(not(feature = "explore"))]
        self.guard.set_poisoned(false);
    }

    /// Runs the operation; if it panics, the shard is poisoned.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn run<O: Op<S>>(&mut self, op: O) -> O::Out {
        #[cfg(feature = "explore")]
        return self.shard.blame.watch(&O::NAME, || op.run(&mut self.guard));
        #[cfg(not(feature = "explore"))]
        {
            self.guard.run(|state| op.run(state))
        }
    }
}
