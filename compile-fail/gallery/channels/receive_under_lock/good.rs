// First the message, then the lock.

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;

fn work(log: &Mutex<Vec<u32>>, queue: &Receiver<u32>) {
    while let Ok(job) = queue.recv() {
        log.lock().unwrap().push(job);
    }
}

fn main() {
    let (jobs, queue) = mpsc::channel();
    let log = &Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(move || work(log, &queue));
        for job in 0..3 {
            log.lock().unwrap().push(100 + job);
            jobs.send(job).unwrap();
        }
        drop(jobs);
    });
    assert_eq!(log.lock().unwrap().len(), 6);
}
