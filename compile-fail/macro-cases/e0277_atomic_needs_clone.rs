//! An operation that may run more than once needs arguments that can be given more than once: this one method is refused, at its name.

use raceproof::guarded;

pub struct Amount(u64);

#[guarded(atomic)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self, amount: Amount) {
        self.value += amount.0;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
