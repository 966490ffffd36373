// The collected orders are taken away, to be worked on without the lock.

use std::sync::Mutex;
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101, 102]);
    thread::scope(|scope| {
        scope.spawn(|| {
            let batch = *orders.lock().unwrap(); // and what is left for the others?
            println!("{} orders", batch.len());
        });
        scope.spawn(|| orders.lock().unwrap().push(103));
    });
}
