use std::{sync::{Arc, Mutex}, thread};
fn f(state: &Arc<Mutex<u32>>) {
    let held = state.lock().unwrap();
    let other = state.clone();
    let worker = thread::spawn(move || *other.lock().unwrap() += 1);
    drop(held);
    worker.join().unwrap();
}
