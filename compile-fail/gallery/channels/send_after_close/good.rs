// Each producer drops its own sender; the last to do so closes the channel.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (jobs, queue) = mpsc::channel();
    let worker = thread::spawn(move || queue.iter().sum::<u32>());
    let more_jobs = jobs.clone();
    let producer = thread::spawn(move || more_jobs.send(11).unwrap());
    for job in 1..=10 {
        jobs.send(job).unwrap();
    }
    drop(jobs);
    producer.join().unwrap();
    assert_eq!(worker.join().unwrap(), 66);
}
