// The list is locked and used, in one line.

use std::sync::Mutex;
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101]);
    thread::scope(|scope| {
        scope.spawn(|| orders.lock().push(102)); // and if the other thread has panicked?
        scope.spawn(|| orders.lock().unwrap().push(103));
    });
}
