//! A builder method hands out the state itself.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn add(&mut self, n: u64) -> &mut Self {
        self.value += n;
        self
    }
    pub fn same(&self) -> &Counter {
        self
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
