//! The strategy is the struct's.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded(rwlock)]
impl Counter {
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
