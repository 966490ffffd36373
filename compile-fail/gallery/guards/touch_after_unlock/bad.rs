// The lock is released early, and one line too early.

use std::sync::Mutex;
use std::thread;

fn main() {
    let balance = Mutex::new(100);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = balance.lock().unwrap();
            *guard -= 10;
            drop(guard);
            println!("{guard} left"); // whose number is this now?
        });
        scope.spawn(|| *balance.lock().unwrap() += 50);
    });
}
