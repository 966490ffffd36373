//! A guarded impl for a struct that is plain.

use raceproof::guarded;

pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self, #[arg(0..3u64)] n: u64) {
        self.value += n;
    }
}

fn user(counter: &mut Counter) {
    counter.add(1);
}

fn main() {}
