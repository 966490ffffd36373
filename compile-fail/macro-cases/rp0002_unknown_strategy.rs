//! A strategy that does not exist: the message lists those that do.

use raceproof::guarded;

#[guarded(spinlock)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
