//! A state in parts has no one state that could be cloned or saved.

use raceproof::guarded;

#[guarded(sharded)]
#[derive(Clone, Debug, Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub fn add(&mut self, n: u64) {
        self.value += n;
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works.
fn user(hits: &Hits) -> u64 {
    hits.get()
}

fn main() {}
