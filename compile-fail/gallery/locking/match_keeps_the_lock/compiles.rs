// A queue that starts itself when the first job comes in.

use std::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<u32>>,
}

impl Queue {
    fn add(&self, job: u32) -> usize {
        match self.jobs.lock().unwrap().len() {
            0 => self.start(job),
            n => n,
        } // the guard in the head of the `match` lives up to here
    }

    fn start(&self, job: u32) -> usize {
        let mut jobs = self.jobs.lock().unwrap(); // waits for its own caller
        jobs.push(job);
        jobs.len()
    }
}

fn main() {
    let queue = Queue { jobs: Mutex::new(Vec::new()) };
    println!("{}", queue.add(1));
}
