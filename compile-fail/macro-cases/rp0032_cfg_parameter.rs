//! An operation has one shape.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self, n: u64, #[cfg(unix)] m: u64) {
        self.value += n + m;
    }
    pub fn take(&mut self, n: u64, #[cfg(any())] m: u64) {
        self.value -= n;
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
