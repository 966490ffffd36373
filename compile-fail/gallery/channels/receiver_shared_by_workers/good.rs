// The workers take turns at the receiver; the work itself runs side by side.

use std::sync::{Mutex, mpsc};
use std::thread;

fn main() {
    let (jobs, queue) = mpsc::channel::<u32>();
    let queue = Mutex::new(queue);
    let done: u32 = thread::scope(|scope| {
        let worker = || {
            let mut sum = 0;
            // The guard is a temporary of this `let`: it ends before the work begins.
            while let Some(job) = { queue.lock().unwrap().recv().ok() } {
                sum += job;
            }
            sum
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        for job in 0..100 {
            jobs.send(job).unwrap();
        }
        drop(jobs); // the end, for which the workers wait
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(done, 4950);
}
