// A list of jobs, each a closure, handed to a worker.

use std::rc::Rc;
use std::thread;

fn main() {
    let name = Rc::new("backup".to_owned());
    let mut jobs: Vec<Box<dyn FnOnce()>> = Vec::new();
    let for_job = Rc::clone(&name);
    jobs.push(Box::new(move || println!("{for_job} starts")));
    let worker = thread::spawn(move || {
        for job in jobs {
            job();
        }
    });
    println!("{name}");
    worker.join().unwrap();
}
