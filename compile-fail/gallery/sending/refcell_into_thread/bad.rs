// A worker takes jobs off a queue that the main thread fills.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;

fn main() {
    let jobs = Arc::new(RefCell::new(VecDeque::from(["build", "test"])));
    let for_worker = Arc::clone(&jobs);
    let worker = thread::spawn(move || for_worker.borrow_mut().pop_front()); // `RefCell` counts borrows without a lock
    jobs.borrow_mut().push_back("publish");
    println!("done: {:?}", worker.join().unwrap());
}
