// A consumer waits until there is something in the basket, once.

use std::sync::{Condvar, Mutex};
use std::thread;

fn main() {
    let (basket, filled) = (Mutex::new(Vec::new()), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut guard = basket.lock().unwrap();
                if guard.is_empty() {
                    guard = filled.wait(guard).unwrap(); // awake, but is there an apple left?
                }
                println!("{}", guard.pop().unwrap());
            });
        }
        scope.spawn(|| {
            for apple in ["red", "green"] {
                basket.lock().unwrap().push(apple);
                filled.notify_all();
            }
        });
    });
}
