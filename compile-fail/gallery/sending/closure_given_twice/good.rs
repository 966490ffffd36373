// A closure each, over one log behind a lock.

use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let work = |name: &'static str| {
        let log = Arc::clone(&log);
        move || log.lock().unwrap().push(name)
    };
    let (one, two) = (thread::spawn(work("one")), thread::spawn(work("two")));
    one.join().unwrap();
    two.join().unwrap();
    assert_eq!(log.lock().unwrap().len(), 2);
}
