//! `std::sync`, explorable: in a build without the feature `explore` these *are* std's types.
//!
//! With `explore`, each object can live in any of the kit's worlds, and takes that of the explorer that runs on this OS
//! thread. Adopting it is `s/std::sync/raceproof::sync/`.
//!
//! | | in an exploration |
//! |---|---|
//! | [`Mutex`], [`RwLock`] | as in std, with poisoning; a thread that reads a lock it is already reading is refused: std may deadlock there |
//! | [`Condvar`] | as in std, without spurious wake-ups; a timed wait may run out at any moment |
//! | [`Barrier`], [`Once`], [`OnceLock`], [`LazyLock`], [`mpsc`], [`WaitGroup`] | as in std, built over the locks here |
//! | [`atomic`] | under loom with weak memory, under shuttle sequentially consistent; `compare_exchange_weak` does not fail without a reason; `new` is not `const` |
//! | [`Arc`], [`Weak`] | std's own: their counts are not explored |

pub mod atomic;
mod wait_group;

pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};
pub use wait_group::WaitGroup;

#[cfg(not(feature = "explore"))]
pub use std::sync::{
    Barrier, BarrierWaitResult, Condvar, LazyLock, Mutex, MutexGuard, Once, OnceLock, OnceState, RwLock,
    RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};

#[cfg(not(feature = "explore"))]
pub use std::sync::mpsc;

#[cfg(feature = "explore")]
mod barrier;
#[cfg(feature = "explore")]
mod condvar;
#[cfg(feature = "explore")]
mod lazy_lock;
#[cfg(feature = "explore")]
pub mod mpsc;
#[cfg(feature = "explore")]
mod mutex;
#[cfg(feature = "explore")]
mod once;
#[cfg(feature = "explore")]
mod once_lock;
#[cfg(feature = "explore")]
mod rwlock;
#[cfg(feature = "explore")]
pub(crate) mod timed;
#[cfg(feature = "explore")]
mod unpoison;

#[cfg(feature = "explore")]
pub use self::{
    barrier::{Barrier, BarrierWaitResult},
    condvar::{Condvar, WaitTimeoutResult},
    lazy_lock::LazyLock,
    mutex::{Mutex, MutexGuard},
    once::{Once, OnceState},
    once_lock::OnceLock,
    rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};
