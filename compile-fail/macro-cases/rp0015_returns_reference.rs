//! References into the state: elided, named, inside another type, mutable.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn value(&self) -> &u64 {
        &self.value
    }
    pub fn value_mut(&mut self) -> &mut u64 {
        &mut self.value
    }
    pub fn maybe(&self) -> Option<&u64> {
        Some(&self.value)
    }
    pub fn named<'a>(&'a self, _name: &str) -> std::borrow::Cow<'a, u64> {
        std::borrow::Cow::Borrowed(&self.value)
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
