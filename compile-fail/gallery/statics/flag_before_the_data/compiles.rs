// A price is written, then a flag that says so; the other thread waits for the flag.

use raceproof::sync::Arc;
use raceproof::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use raceproof::thread;

fn main() {
    let (price, ready) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let (theirs, flag) = (Arc::clone(&price), Arc::clone(&ready));
    let thread = thread::spawn(move || {
        theirs.store(42, Ordering::Relaxed);
        flag.store(true, Ordering::Relaxed); // may be seen before the price
    });
    if ready.load(Ordering::Relaxed) {
        assert_eq!(price.load(Ordering::Relaxed), 42, "the flag was there before the price");
    }
    thread.join().unwrap();
}
