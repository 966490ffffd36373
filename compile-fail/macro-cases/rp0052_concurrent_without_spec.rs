//! Nothing to compare the results with.

use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub struct Counter {
    value: AtomicU64,
}

#[concurrent]
impl Counter {
    pub fn add(&self, #[arg(0..3u64)] n: u64) -> u64 {
        // Relaxed: a number, which publishes nothing.
        self.value.fetch_add(n, Ordering::Relaxed)
    }
}

fn user(counter: &Counter) -> u64 {
    counter.add(1)
}

fn main() {}
