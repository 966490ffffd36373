use std::{sync::{Arc, Mutex}, thread};
fn main() {
    let a = Arc::new(Mutex::new(0));
    let b = Arc::new(Mutex::new(0));
    let (a2, b2) = (Arc::clone(&a), Arc::clone(&b));
    let worker = thread::spawn(move || {
        let a = a2.lock().unwrap();
        let b = b2.lock().unwrap(); //~ lock_order
        drop((a, b));
    });
    let held = b.lock().unwrap();
    *a.lock().unwrap() += *held;
    drop(held);
    worker.join().unwrap();
}
