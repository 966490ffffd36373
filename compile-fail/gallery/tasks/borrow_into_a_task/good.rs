// The request moves into the task.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

/// Runs the task on a thread of its own.
fn spawn(task: impl Future<Output = usize> + Send + 'static) -> usize {
    let thread = thread::spawn(|| match pin!(task).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("this task never waits"),
    });
    thread.join().unwrap()
}

fn handle(request: String) -> usize {
    spawn(async move { request.len() })
}

fn main() {
    assert_eq!(handle("GET /".to_owned()), 5);
}
