// The type of the list says that its jobs may travel.

use std::sync::Arc;
use std::thread;

fn main() {
    let name = Arc::new("backup".to_owned());
    let mut jobs: Vec<Box<dyn FnOnce() -> String + Send>> = Vec::new();
    let for_job = Arc::clone(&name);
    jobs.push(Box::new(move || format!("{for_job} starts")));
    let worker = thread::spawn(move || jobs.into_iter().map(|job| job()).collect::<Vec<_>>());
    assert_eq!(worker.join().unwrap(), ["backup starts"]);
    assert_eq!(*name, "backup");
}
