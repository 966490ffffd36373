// Each future returns its part.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// A simple form of that of the `futures` crate: one after the other, both to their end.
async fn join(one: impl Future<Output = u32>, two: impl Future<Output = u32>) -> (u32, u32) {
    (one.await, two.await)
}

async fn fetch(page: &str) -> u32 {
    ready(()).await;
    u32::from(page.starts_with('/'))
}

async fn fetch_both() -> u32 {
    let (one, two) = join(fetch("/"), fetch("/about")).await;
    one + two
}

fn main() {
    let fetched = pin!(fetch_both()).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(fetched, Poll::Ready(2));
}
