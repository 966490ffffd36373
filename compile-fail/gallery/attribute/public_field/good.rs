// What others may know, a method tells.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Hits {
    total: u64,
}

#[guarded]
impl Hits {
    pub fn record(&mut self) {
        self.total += 1;
    }

    pub fn total(&self) -> u64 {
        self.total
    }
}

fn main() {
    let hits = Hits::default();
    hits.record();
    assert_eq!(hits.total(), 1);
}
