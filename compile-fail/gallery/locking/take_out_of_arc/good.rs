// The last owner gets the content; that it is the last is looked up, not believed.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let words = Arc::new(Mutex::new(Vec::new()));
    let for_worker = Arc::clone(&words);
    let worker = thread::spawn(move || for_worker.lock().unwrap().push("hello"));
    worker.join().unwrap();
    let words = Arc::into_inner(words).expect("the worker has dropped its clone").into_inner().unwrap();
    assert_eq!(words, ["hello"]);
}
