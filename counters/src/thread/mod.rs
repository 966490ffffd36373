//! `std::thread`, explorable: in a build without the feature `explore` this *is* std's.
//!
//! With `explore`, a thread that is started in an exploration is one of the engine's simulated threads.
//!
//! | | in an exploration |
//! |---|---|
//! | [`spawn`], [`scope`], [`Builder`] | as in std; loom has at most four threads beside the main one |
//! | [`JoinHandle::join`] | `Err` if the thread panicked, as in std; a panic that nobody joins is reported |
//! | [`sleep`] | lets others go on, and orders nothing: that a thread has "slept long enough" is no synchronisation |
//! | [`park`], [`Thread::unpark`] | as in std, without spurious returns |
//! | [`park_timeout`] | the time may be over at any moment |
//! | [`available_parallelism`] | 2 |
//! | [`thread_local!`](crate::thread_local) | belongs to the simulated thread |

#[cfg(not(feature = "explore"))]
pub use std::thread::{
    AccessError, Builder, JoinHandle, LocalKey, Result, Scope, ScopedJoinHandle, Thread, ThreadId,
    available_parallelism, current, panicking, park, park_timeout, scope, sleep, spawn, yield_now,
};
#[cfg(not(feature = "explore"))]
pub use std::thread_local;

mod caught;
mod service;
mod sleeper;

#[cfg(feature = "explore")]
mod current;
#[cfg(feature = "explore")]
mod handle;
#[cfg(feature = "explore")]
mod launch;
#[cfg(feature = "explore")]
mod local;
#[cfg(feature = "explore")]
mod park;
#[cfg(feature = "explore")]
mod scoped;

pub(crate) use self::caught::catch;
pub(crate) use self::service::service;
pub(crate) use self::sleeper::{Sleeper, alone, given_up, pass_on, rest};
#[cfg(feature = "explore")]
pub(crate) use self::{current::give_way, local::end_of_thread, local::forget_locals};
#[cfg(feature = "explore")]
pub use self::{
    current::{Thread, ThreadId, available_parallelism, current, panicking, sleep, yield_now},
    handle::{Builder, JoinHandle, spawn},
    local::{AccessError, LocalKey},
    park::{park, park_timeout},
    scoped::{Scope, ScopedJoinHandle, scope},
};
#[cfg(feature = "explore")]
pub use crate::__thread_local as thread_local;
#[cfg(feature = "explore")]
pub use std::thread::Result;
