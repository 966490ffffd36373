//! Text that is not finished: what can be read of the item still expands, so that nothing else of it is called unknown.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn increment(&mut self) {
        self.
    }

    pub fn add(&mut self, n:) {
        self.value += n;
    }

    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {
    let counter = Counter::default();
    counter.increment();
    assert_eq!(counter.get(), 1);
}
