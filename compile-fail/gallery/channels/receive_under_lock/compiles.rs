// A worker takes a job and notes it, all under one lock; so does whoever brings the jobs.

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;

fn work(log: &Mutex<Vec<u32>>, queue: &Receiver<u32>) {
    let mut log = log.lock().unwrap();
    while let Ok(job) = queue.recv() {
        log.push(job); // waits for a job with the lock held
    }
}

fn main() {
    let (jobs, queue) = mpsc::channel();
    let log = &Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(move || work(log, &queue));
        for job in 0..3 {
            log.lock().unwrap().push(100 + job); // waits for the lock: no job ever comes
            jobs.send(job).unwrap();
        }
        drop(jobs);
    });
}
