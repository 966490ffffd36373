// The condition is part of the wait.

use std::sync::{Condvar, Mutex};
use std::thread;

fn main() {
    let (basket, filled) = (Mutex::new(Vec::new()), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let guard = basket.lock().unwrap();
                let mut guard = filled.wait_while(guard, |basket| basket.is_empty()).unwrap();
                assert!(guard.pop().is_some());
            });
        }
        scope.spawn(|| {
            for apple in ["red", "green"] {
                basket.lock().unwrap().push(apple);
                filled.notify_all();
            }
        });
    });
    assert!(basket.into_inner().unwrap().is_empty());
}
