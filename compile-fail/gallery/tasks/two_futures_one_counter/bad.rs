// Two pages are fetched side by side, and counted when they are there.

use std::future::{Future, ready};

/// As in the `futures` crate: both run, in pieces, until both are done.
async fn join(_one: impl Future<Output = ()>, _two: impl Future<Output = ()>) {}

async fn fetch(_page: &str) {
    ready(()).await;
}

async fn fetch_both() -> u32 {
    let mut fetched = 0;
    let one = async {
        fetch("/").await;
        fetched += 1;
    };
    let two = async {
        fetch("/about").await;
        fetched += 1;
    };
    join(one, two).await;
    fetched
}

fn main() {
    let _ = fetch_both();
}
