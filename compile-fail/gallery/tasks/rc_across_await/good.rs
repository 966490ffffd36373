// An `Arc` may travel with its task.

use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

/// Runs the task on a thread of its own.
fn spawn(task: impl Future<Output = String> + Send + 'static) -> String {
    let thread = thread::spawn(|| match pin!(task).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("this task never waits"),
    });
    thread.join().unwrap()
}

fn main() {
    let shown = spawn(async {
        let connection = Arc::new("db:5432".to_owned());
        ready(()).await;
        format!("connected to {connection}")
    });
    assert_eq!(shown, "connected to db:5432");
}
