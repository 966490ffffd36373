//! A key finds its part of the state by its hash, and this one has none.

use raceproof::guarded;
use std::collections::BTreeMap;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

#[guarded(sharded)]
#[derive(Default)]
pub struct Stock {
    entries: BTreeMap<Name, u64>,
}

#[guarded]
impl Stock {
    pub fn insert(&mut self, #[key] name: Name, count: u64) {
        self.entries.insert(name, count);
    }
}

fn main() {}
