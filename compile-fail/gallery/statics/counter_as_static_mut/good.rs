// The global is an atomic: one instruction reads, adds and writes back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

static HITS: AtomicU64 = AtomicU64::new(0);

fn handle_request() {
    // Relaxed: the number publishes no other data, and the joins below order the last read.
    HITS.fetch_add(1, Ordering::Relaxed);
}

fn main() {
    let workers: Vec<_> = (0..4).map(|_| thread::spawn(|| (0..1_000).for_each(|_| handle_request()))).collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(HITS.load(Ordering::Relaxed), 4_000);
}
