// `wait_while` looks, sleeps and looks again, and comes back with the guard.

use std::sync::{Condvar, Mutex};
use std::thread;

fn main() {
    let (basket, filled) = (Mutex::new(Vec::new()), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let guard = basket.lock().unwrap();
            let mut guard = filled.wait_while(guard, |basket| basket.is_empty()).unwrap();
            assert_eq!(guard.pop(), Some("apple"));
        });
        scope.spawn(|| {
            basket.lock().unwrap().push("apple");
            filled.notify_one();
        });
    });
}
