//! Objects inside a parameter.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn absorb(&mut self, others: Vec<Self>) {
        self.value += others.iter().map(|other| other.value).sum::<u64>();
    }
    pub fn maybe(&mut self, other: Option<&Counter>) {
        self.value += other.map_or(0, |other| other.value);
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
