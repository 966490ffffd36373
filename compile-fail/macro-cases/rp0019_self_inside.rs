//! Plain states deep inside a result.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn split(&mut self) -> (Self, Self) {
        (Self { value: self.value }, Self { value: 0 })
    }
    pub fn many(n: usize) -> Vec<Counter> {
        (0..n).map(|_| Counter { value: 0 }).collect()
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
