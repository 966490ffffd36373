// One call, one step.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

fn main() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                REQUESTS.fetch_add(1, Ordering::Relaxed); // a count alone orders nothing
            });
        }
    });
    assert_eq!(REQUESTS.load(Ordering::Relaxed), 4); // the end of the scope orders it
}
