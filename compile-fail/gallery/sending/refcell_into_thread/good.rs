// A mutex is the `RefCell` of threads: where one would panic, the other waits.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let jobs = Arc::new(Mutex::new(VecDeque::from(["build", "test"])));
    let for_worker = Arc::clone(&jobs);
    let worker = thread::spawn(move || for_worker.lock().unwrap().pop_front());
    jobs.lock().unwrap().push_back("publish");
    assert_eq!(worker.join().unwrap(), Some("build"));
    assert_eq!(*jobs.lock().unwrap(), ["test", "publish"]);
}
