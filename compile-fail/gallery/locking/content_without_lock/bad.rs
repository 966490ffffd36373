// Two threads add to a list that a mutex protects.

use std::sync::Mutex;
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101]);
    thread::scope(|scope| {
        scope.spawn(|| orders.push(102)); // forgot to lock
        scope.spawn(|| orders.lock().unwrap().push(103));
    });
}
