// The answer first, then the lock, for one line.

use std::future::{Future, ready};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

/// Runs the task on a thread of its own.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    let thread = thread::spawn(|| match pin!(task).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(()) => {}
        Poll::Pending => unreachable!("this task never waits"),
    });
    thread.join().unwrap();
}

fn main() {
    let prices = Arc::new(Mutex::new(vec![1, 2, 3]));
    let for_task = Arc::clone(&prices);
    spawn(async move {
        let fresh = ready(4).await;
        for_task.lock().unwrap().push(fresh);
    });
    assert_eq!(*prices.lock().unwrap(), [1, 2, 3, 4]);
}
