//! Derives that would lock two objects, or read one as if it never changed.

use raceproof::guarded;

#[guarded]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counter {
    value: u64,
}

fn main() {}
