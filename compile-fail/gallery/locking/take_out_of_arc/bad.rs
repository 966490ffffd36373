// The workers are done; the result is taken out of the mutex.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let words = Arc::new(Mutex::new(Vec::new()));
    let for_worker = Arc::clone(&words);
    let worker = thread::spawn(move || for_worker.lock().unwrap().push("hello"));
    worker.join().unwrap();
    let words = words.into_inner().unwrap(); // is nobody else there?
    println!("{words:?}");
}
