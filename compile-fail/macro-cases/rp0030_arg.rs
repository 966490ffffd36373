//! `#[arg]` that says nothing, says too much, or stands where no test calls.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn new(#[arg(0..3u64)] value: u64) -> Self {
        Self { value }
    }
    pub fn add(&mut self, #[arg] n: u64) {
        self.value += n;
    }
    pub fn twice(&mut self, #[arg(0..3u64)] #[arg(1..2u64)] n: u64) {
        self.value += n;
    }
    pub fn words(&mut self, #[arg(from 0 to 3)] n: u64) {
        self.value += n;
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
