// The list is exchanged for an empty one.

use std::mem;
use std::sync::Mutex;
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101, 102]);
    let taken: usize = thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let batch = mem::take(&mut *orders.lock().unwrap());
            batch.len() // without the lock
        });
        scope.spawn(|| orders.lock().unwrap().push(103));
        worker.join().unwrap()
    });
    assert_eq!(taken + orders.into_inner().unwrap().len(), 3);
}
