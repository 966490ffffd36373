//! A macro in a guarded impl: its methods could not be seen.

use raceproof::guarded;

macro_rules! getters {
    () => {};
}

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    getters!();
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
