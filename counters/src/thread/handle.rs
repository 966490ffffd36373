//! `spawn`, `Builder`, `JoinHandle`.

use super::current::Thread;
use super::launch::{Packet, Raw, Wishes, launch};
use super::scoped::{Scope, ScopedJoinHandle};
use std::fmt;
use std::io;
use std::panic::Location;
use std::sync::Arc;

/// Starts a thread.
///
/// # Panics
/// If the operating system cannot start one.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body).expect("failed to spawn thread")
}

/// How a thread is to be started, as [`std::thread::Builder`].
#[derive(Debug, Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    wishes: Wishes,
}

impl Builder {
    /// With no wishes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The thread's name.
    pub fn name(mut self, name: String) -> Self {
        self.wishes.name = Some(name);
        self
    }

    /// The size of the thread's stack, in bytes. A simulated thread has 256 KiB at least.
    pub fn stack_size(mut self, size: usize) -> Self {
        self.wishes.stack_size = Some(size);
        self
    }

    /// The thread serves an object, which ends it when it goes.
    pub(super) fn service(mut self) -> Self {
        self.wishes.service = true;
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// If the operating system cannot start one.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let packet = Arc::new(Packet::new(None));
        let theirs = Arc::clone(&packet);
        let (raw, thread) = launch(self.wishes, Box::new(move || theirs.run(body)), Location::caller())?;
        Ok(JoinHandle { raw, packet, thread })
    }

    /// Starts the thread in a scope.
    ///
    /// # Errors
    /// If the operating system cannot start one.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.start(self.wishes, body, Location::caller())
    }
}

/// A thread to be waited for, as [`std::thread::JoinHandle`].
pub struct JoinHandle<T> {
    raw: Raw,
    packet: Arc<Packet<T>>,
    thread: Thread,
}

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended, and gives its result, or its panic.
    ///
    /// # Errors
    /// If the thread panicked.
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        self.raw.join(Location::caller());
        self.packet.take()
    }

    /// Whether the thread's work is done. In an exploration other threads may run before the answer is given; but not
    /// every moment is tried, and the verdict says so.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.packet.is_finished(Location::caller())
    }

    /// Which thread it is.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
