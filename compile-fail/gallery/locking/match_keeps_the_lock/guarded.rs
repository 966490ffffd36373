// A method that calls another stays inside the one critical section.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Queue {
    jobs: Vec<u32>,
}

#[guarded]
impl Queue {
    pub fn add(&mut self, job: u32) -> usize {
        match self.jobs.len() {
            0 => self.start(job),
            n => n,
        }
    }

    fn start(&mut self, job: u32) -> usize {
        self.jobs.push(job);
        self.jobs.len()
    }
}

fn main() {
    let queue = Queue::default();
    assert_eq!(queue.add(1), 1);
    assert_eq!(queue.add(2), 1);
}
