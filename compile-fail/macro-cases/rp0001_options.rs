//! Options that the attribute does not have; all of them at once, on a struct and on an impl.

use raceproof::guarded;

#[guarded(fair, tests = maybe, size = 3)]
pub struct Counter {
    value: u64,
}

#[guarded(block = 9, verbose)]
impl Counter {
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[guarded(mutex, rwlock)]
pub struct Twice {
    value: u64,
}

#[guarded(= =)]
pub struct Unreadable {
    value: u64,
}

fn main() {}
