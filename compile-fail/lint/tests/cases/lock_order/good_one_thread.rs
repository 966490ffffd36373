use std::{sync::{Arc, Mutex}, thread};
fn main() {
    let a = Arc::new(Mutex::new(0));
    let b = Arc::new(Mutex::new(0));
    let other = a.clone();
    let worker = thread::spawn(move || *other.lock().unwrap() += 1);
    { let held = a.lock().unwrap(); *b.lock().unwrap() += *held; }
    { let held = b.lock().unwrap(); *a.lock().unwrap() += *held; }
    worker.join().unwrap();
}
