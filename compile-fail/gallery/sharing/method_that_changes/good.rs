// Both numbers behind one lock: nobody sees the one without the other.

use std::sync::Mutex;
use std::thread;

#[derive(Default)]
struct Stats {
    totals: Mutex<(u64, u64)>,
}

impl Stats {
    fn record(&self, bytes: u64) {
        let mut totals = self.totals.lock().unwrap();
        totals.0 += 1;
        totals.1 += bytes;
    }
}

fn main() {
    let stats = Stats::default();
    thread::scope(|scope| {
        scope.spawn(|| stats.record(100));
        scope.spawn(|| stats.record(200));
    });
    assert_eq!(stats.totals.into_inner().unwrap(), (2, 300));
}
