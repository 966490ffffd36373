//! The real thing: std's own synchronisation, for the explorer's own needs, invisible to every engine.
//!
//! Nothing that is to be explored may use it: the engines would not see it, and while one simulated thread holds a
//! std lock, another that wants it hangs the OS thread that both share.

pub use std::cell::UnsafeCell;
pub use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, OnceLock, RwLock, atomic, mpsc};
pub use std::thread;
