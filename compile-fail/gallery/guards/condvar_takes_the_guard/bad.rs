// A consumer waits until there is something in the basket.

use std::sync::{Condvar, Mutex};
use std::thread;

fn main() {
    let (basket, filled) = (Mutex::new(Vec::new()), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = basket.lock().unwrap();
            while guard.is_empty() {
                let _ = filled.wait(guard); // releases the lock, and who has it afterwards?
            }
            println!("{:?}", guard.pop());
        });
        scope.spawn(|| {
            basket.lock().unwrap().push("apple");
            filled.notify_one();
        });
    });
}
