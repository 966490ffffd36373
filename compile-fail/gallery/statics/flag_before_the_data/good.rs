// Who sees the flag sees what was written before it.

use raceproof::sync::Arc;
use raceproof::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use raceproof::thread;

fn main() {
    let (price, ready) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let (theirs, flag) = (Arc::clone(&price), Arc::clone(&ready));
    let thread = thread::spawn(move || {
        theirs.store(42, Ordering::Relaxed); // published by the flag
        flag.store(true, Ordering::Release); // publishes the price
    });
    if ready.load(Ordering::Acquire) {
        // Pairs with the flag's `Release`.
        assert_eq!(price.load(Ordering::Relaxed), 42); // ordered by the flag
    }
    thread.join().unwrap();
}
