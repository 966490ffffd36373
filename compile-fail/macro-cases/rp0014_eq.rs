//! Traits that would lock two objects.

use raceproof::guarded;

use std::hash::{Hash, Hasher};

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl PartialEq for Counter {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

#[guarded]
impl Eq for Counter {}

#[guarded]
impl Hash for Counter {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.value.hash(hasher);
    }
}

fn main() {}
