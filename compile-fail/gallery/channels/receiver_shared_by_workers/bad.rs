// Four workers take their jobs from one channel.

use std::sync::{Arc, mpsc};
use std::thread;

fn main() {
    let (jobs, queue) = mpsc::channel();
    let queue = Arc::new(queue);
    for _ in 0..4 {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            for job in queue.iter() {
                println!("job {job}");
            }
        });
    }
    for job in 0..100 {
        jobs.send(job).unwrap();
    }
}
