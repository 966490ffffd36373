//! Futures on simulated threads: a task is a thread that parks until its waker unparks it.
//!
//! So async code is explored by whatever engine runs, loom included, with the facade's own `park`: no executor of one
//! engine is needed, and a lost wake-up of a hand-written future is a deadlock like any other.

use raceproof::sync::Arc;
use raceproof::thread::{self, JoinHandle, Thread};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end on this thread, in whatever world.
///
/// ```
/// assert_eq!(raceproof_test::block_on(async { 7 }), 7);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}

/// Runs a future as a task of its own: a simulated thread. Join it as one.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    thread::spawn(move || block_on(future))
}
