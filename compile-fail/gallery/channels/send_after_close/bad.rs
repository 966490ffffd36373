// The last job is sent, the channel closed, and then there is one more job.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (jobs, queue) = mpsc::channel();
    let worker = thread::spawn(move || queue.iter().sum::<u32>());
    for job in 1..=10 {
        jobs.send(job).unwrap();
    }
    drop(jobs); // closed
    jobs.send(11).unwrap();
    println!("{}", worker.join().unwrap());
}
