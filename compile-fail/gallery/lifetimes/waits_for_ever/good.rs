// Dropping the service closes the channel, and waits until the last job is done.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

static DONE: AtomicU32 = AtomicU32::new(0);

struct Service {
    jobs: Option<mpsc::Sender<u32>>,
    worker: Option<JoinHandle<()>>,
}

impl Service {
    fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<u32>();
        let worker = thread::spawn(move || {
            for mut job in queue.iter() {
                while job > 10 {
                    job -= 10;
                }
                DONE.fetch_add(job, Ordering::Relaxed); // read after the join, which orders it
            }
        });
        Self { jobs: Some(jobs), worker: Some(worker) }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(worker) = self.worker.take() {
            worker.join().unwrap();
        }
    }
}

fn main() {
    let service = Service::start();
    service.jobs.as_ref().unwrap().send(25).unwrap();
    drop(service);
    assert_eq!(DONE.load(Ordering::Relaxed), 5);
}
