// Callers share it; inside, the method has it for itself.

use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Stats {
    jobs: u64,
    bytes: u64,
}

#[guarded]
impl Stats {
    pub fn record(&mut self, bytes: u64) {
        self.jobs += 1;
        self.bytes += bytes;
    }

    pub fn totals(&self) -> (u64, u64) {
        (self.jobs, self.bytes)
    }
}

fn main() {
    let stats = Stats::default();
    thread::scope(|scope| {
        scope.spawn(|| stats.record(100));
        scope.spawn(|| stats.record(200));
    });
    assert_eq!(stats.totals(), (2, 300));
}
