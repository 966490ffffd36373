// The global is a guarded type: its constructor is `const`, and its lock cannot be forgotten.

use std::thread;

use raceproof::guarded;

#[guarded]
pub struct Hits {
    count: u64,
}

#[guarded]
impl Hits {
    pub const fn new() -> Self {
        Self { count: 0 }
    }

    pub fn record(&mut self) {
        self.count += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }
}

static HITS: Hits = Hits::new();

fn main() {
    let workers: Vec<_> = (0..4).map(|_| thread::spawn(|| (0..1_000).for_each(|_| HITS.record()))).collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!(HITS.count(), 4_000);
}
