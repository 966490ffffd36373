//! `std::sync`, explorable: in a build without the feature `explore` these *are* std's types.
//!
//! With `explore`, each object can live in any of the kit's worlds, and takes that of the explorer that runs on this OS
//! thread. Adopting it is `s/std::sync/raceproof::sync/`. Not here yet: `Barrier`, `Once`, `LazyLock`,
//! `mpsc::sync_channel`; the timed waits work outside explorations, and are refused inside, by name.
//!
//! | | in an exploration |
//! |---|---|
//! | [`Mutex`], [`RwLock`] | as in std, with poisoning; a thread that reads a lock it is already reading is refused: std may deadlock there |
//! | [`Condvar`] | as in std, without spurious wake-ups; `wait_timeout` and its kin are refused |
//! | [`OnceLock`], [`mpsc`], [`WaitGroup`] | as in std, built over the locks here |
//! | [`atomic`] | under loom with weak memory, under shuttle sequentially consistent; `new` is not `const` |
//! | [`Arc`], [`Weak`] | std's own: their counts are not explored |

pub mod atomic;
mod wait_group;

pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};
pub use wait_group::WaitGroup;

#[cfg(not(feature = "explore"))]
pub use std::sync::{
    Condvar, Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};

/// Channels: [`std::sync::mpsc`]'s, without `sync_channel`, which cannot be explored yet.
#[cfg(not(feature = "explore"))]
pub mod mpsc {
    pub use std::sync::mpsc::{
        IntoIter, Iter, Receiver, RecvError, RecvTimeoutError, SendError, Sender, TryIter, TryRecvError, channel,
    };
}

#[cfg(feature = "explore")]
mod condvar;
#[cfg(feature = "explore")]
pub mod mpsc;
#[cfg(feature = "explore")]
mod mutex;
#[cfg(feature = "explore")]
mod once_lock;
#[cfg(feature = "explore")]
mod rwlock;
#[cfg(feature = "explore")]
mod unpoison;

#[cfg(feature = "explore")]
pub use self::{
    condvar::{Condvar, WaitTimeoutResult},
    mutex::{Mutex, MutexGuard},
    once_lock::OnceLock,
    rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard},
};
