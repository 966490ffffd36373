// Statistics that every worker reports to, through a shared reference.

use std::thread;

#[derive(Default)]
struct Stats {
    jobs: u64,
    bytes: u64,
}

impl Stats {
    fn record(&self, bytes: u64) {
        self.jobs += 1;
        self.bytes += bytes;
    }
}

fn main() {
    let stats = Stats::default();
    thread::scope(|scope| {
        scope.spawn(|| stats.record(100));
        scope.spawn(|| stats.record(200));
    });
    println!("{} jobs, {} bytes", stats.jobs, stats.bytes);
}
