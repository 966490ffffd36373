//! Two methods of one name: the compiler says so of what stands here, and not of what the attribute makes of it.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self) {
        self.value += 1;
    }
    pub fn add(&mut self) {
        self.value += 2;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works.
fn user(counter: &Counter) -> u64 {
    counter.add();
    counter.get()
}

fn main() {}
