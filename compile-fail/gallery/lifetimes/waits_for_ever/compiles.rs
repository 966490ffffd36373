// A service that nobody can stop any more.

use std::sync::mpsc;
use std::thread;

struct Service {
    jobs: mpsc::Sender<u32>,
}

impl Service {
    fn start() -> Self {
        let (jobs, queue) = mpsc::channel();
        let for_retries = jobs.clone();
        let _ = thread::spawn(move || {
            // It holds a sender itself, so the channel is never closed, and this loop never ends.
            for job in queue.iter() {
                if job > 10 {
                    for_retries.send(job - 10).unwrap();
                }
            }
        });
        Self { jobs }
    }
}

fn main() {
    let service = Service::start();
    service.jobs.send(25).unwrap();
    drop(service); // and the thread? and the jobs that are not done yet?
}
