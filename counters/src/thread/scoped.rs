//! `scope`: threads that borrow, over threads that do not.
//!
//! A thread that borrows from the scope's caller must be gone before the caller goes on. So `scope` waits for every
//! thread that was started in it, also when its closure panics, before it returns or unwinds. There is one exception:
//! an engine that has given up. It never runs another simulated thread, not even to unwind it (loom frees their stacks
//! as they are, shuttle leaks them), so nobody is left who could use what was borrowed.

use super::current::Thread;
use super::launch::{Packet, Raw, Wishes, launch};
use crate::explore::native;
use crate::explore::world::{self, World};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Where threads are started that borrow, as [`std::thread::Scope`].
pub struct Scope<'scope, 'env: 'scope> {
    /// Threads that may not have been waited for. One that is being joined through its handle is not here any more, but
    /// it is waited for all the same: by a thread of the scope that is here itself, or by the scope's closure.
    threads: native::Mutex<Vec<Arc<Lane>>>,
    unheard: Arc<AtomicBool>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// A started thread, for whoever waits first.
struct Lane(native::Mutex<Option<Raw>>);

impl Lane {
    fn join(&self, location: &'static Location<'static>) {
        let raw = self.0.lock().unwrap_or_else(|e| e.into_inner()).take();
        if let Some(raw) = raw {
            raw.join(location);
        }
    }
}

/// Runs `body`, which may start threads that borrow from its surroundings, and waits for all of them.
///
/// # Panics
/// If a thread of the scope panicked, and was not joined.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let location = Location::caller();
    let scope = Scope {
        threads: native::Mutex::new(Vec::new()),
        unheard: Arc::new(AtomicBool::new(false)),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = catch_unwind(AssertUnwindSafe(|| body(&scope)));
    if result.is_err() {
        world::panic_caught();
    }
    if !world::aborting() {
        // Threads of the scope may start others, so one look is not enough. If waiting unwinds, the engine has given up.
        loop {
            let next = scope.threads.lock().unwrap_or_else(|e| e.into_inner()).pop();
            let Some(lane) = next else { break };
            lane.join(location);
        }
    }
    match result {
        Err(payload) => resume_unwind(payload),
        // Relaxed: the waiting has ordered it.
        Ok(_) if scope.unheard.load(Relaxed) => panic!("a scoped thread panicked"),
        Ok(_) if world::aborting() && world::current() != World::Std => {
            panic!("the engine gave up, and the code under test caught its panic")
        }
        Ok(value) => value,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread that may borrow what outlives the scope.
    ///
    /// # Panics
    /// If the operating system cannot start one.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.start(Wishes::default(), body, Location::caller()).expect("failed to spawn thread")
    }

    pub(super) fn start<F, T>(
        &'scope self,
        wishes: Wishes,
        body: F,
        location: &'static Location<'static>,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let packet = Arc::new(Packet::new(Some(Arc::clone(&self.unheard))));
        let theirs = Arc::clone(&packet);
        let body: Box<dyn FnOnce() + Send + 'scope> = Box::new(move || theirs.run(body));
        // SAFETY: only the lifetime changes. `scope` does not return or unwind before this thread has ended, or before it
        // is certain that it will never run again; it gives up `body`, and its share of the packet, before it ends.
        let body = unsafe {
            std::mem::transmute::<Box<dyn FnOnce() + Send + 'scope>, Box<dyn FnOnce() + Send + 'static>>(body)
        };
        let (raw, thread) = launch(wishes, body, location)?;
        let lane = Arc::new(Lane(native::Mutex::new(Some(raw))));
        self.threads.lock().unwrap_or_else(|e| e.into_inner()).push(Arc::clone(&lane));
        Ok(ScopedJoinHandle { lane, packet, thread, scope: PhantomData })
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// A scoped thread to be waited for, as [`std::thread::ScopedJoinHandle`].
pub struct ScopedJoinHandle<'scope, T> {
    lane: Arc<Lane>,
    packet: Arc<Packet<T>>,
    thread: Thread,
    scope: PhantomData<&'scope ()>,
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits until the thread has ended, and gives its result, or its panic.
    ///
    /// # Errors
    /// If the thread panicked.
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        self.lane.join(Location::caller());
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

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
