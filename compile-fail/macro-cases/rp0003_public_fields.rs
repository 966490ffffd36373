//! Public fields could be touched past the lock.

use raceproof::guarded;

#[guarded]
pub struct Counter {
    pub value: u64,
    pub(crate) step: u64,
    name: String,
}

#[guarded]
impl Counter {
    pub fn get(&self) -> u64 {
        self.value + self.step + self.name.len() as u64
    }
}

#[guarded]
pub struct Pair(pub u8, u8);

fn main() {}
