// An atomic is changed through a shared reference, in one step.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

fn main() {
    let workers: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(|| {
                for _ in 0..1_000 {
                    REQUESTS.fetch_add(1, Ordering::Relaxed); // a count alone orders nothing
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(REQUESTS.load(Ordering::Relaxed), 4_000); // the joins order it
}
