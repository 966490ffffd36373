//! A second object by reference would be a second lock.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn absorb(&mut self, other: &Self) {
        self.value += other.value;
    }
    pub fn swap(&mut self, other: &mut Counter) {
        std::mem::swap(&mut self.value, &mut other.value);
    }
    pub fn larger(a: &Self, b: &Self) -> u64 {
        a.value.max(b.value)
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(counter: &Counter) -> u64 {
    counter.get()
}

fn main() {}
