// Requests are counted in a global atomic, with the operator that counts everything else.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

fn main() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                REQUESTS += 1; // in one step, or in three?
            });
        }
    });
    println!("{}", REQUESTS.load(Ordering::Relaxed));
}
