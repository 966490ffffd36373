// A method ends before its caller can wait for anything.

use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Prices {
    list: Vec<u32>,
}

#[guarded]
impl Prices {
    pub fn add(&mut self, price: u32) {
        self.list.push(price);
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }
}

/// Runs the task on a thread of its own.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    let thread = thread::spawn(|| match pin!(task).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(()) => {}
        Poll::Pending => unreachable!("this task never waits"),
    });
    thread.join().unwrap();
}

fn main() {
    let prices = Arc::new(Prices::default());
    let for_task = Arc::clone(&prices);
    spawn(async move { for_task.add(ready(4).await) });
    assert_eq!(prices.len(), 1);
}
