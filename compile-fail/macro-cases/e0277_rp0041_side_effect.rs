//! A body that may run more than once must not do what cannot be undone; neither may a private method that it calls.

use raceproof::guarded;
use std::sync::atomic::{AtomicU64, Ordering};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[guarded(atomic)]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self, n: u64) -> u64 {
        println!("adding {n}");
        self.value += n;
        self.value
    }
    pub fn reset(&mut self) {
        self.note();
        self.value = 0;
    }
    fn note(&self) {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
    // A reader runs once.
    pub fn show(&self) {
        println!("{}", self.value);
    }
}

fn main() {}
