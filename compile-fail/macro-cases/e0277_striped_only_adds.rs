//! A stripe's owner does not see the total: a method that does anything but add is refused alone, at its name.

use raceproof::guarded;

#[guarded(striped)]
#[derive(Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub fn add(&mut self, n: u64) {
        self.value = self.value.saturating_add(n);
    }

    pub fn reset(&mut self) {
        self.value = 0;
    }

    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
