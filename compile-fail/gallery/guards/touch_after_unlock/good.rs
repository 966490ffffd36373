// The number is copied out, then the lock is released.

use std::sync::Mutex;
use std::thread;

fn main() {
    let balance = Mutex::new(100);
    thread::scope(|scope| {
        scope.spawn(|| {
            let left = {
                let mut guard = balance.lock().unwrap();
                *guard -= 10;
                *guard
            }; // unlocked here
            assert!(left == 90 || left == 140); // what it was, not what it is
        });
        scope.spawn(|| *balance.lock().unwrap() += 50);
    });
    assert_eq!(balance.into_inner().unwrap(), 140);
}
