// One guard with a name; what follows works on the guard.

use std::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<u32>>,
}

impl Queue {
    fn add(&self, job: u32) -> usize {
        let mut jobs = self.jobs.lock().unwrap();
        if jobs.is_empty() {
            Self::start(&mut jobs, job);
        }
        jobs.len()
    }

    fn start(jobs: &mut Vec<u32>, job: u32) {
        jobs.push(job);
    }
}

fn main() {
    let queue = Queue { jobs: Mutex::new(Vec::new()) };
    assert_eq!(queue.add(1), 1);
    assert_eq!(queue.add(2), 1);
}
