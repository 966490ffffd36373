//! Which part of the state? Without a key or a fold nobody knows: these methods are refused alone, each at its name.

use raceproof::guarded;
use std::collections::HashMap;

#[guarded(sharded)]
#[derive(Default)]
pub struct Stock {
    entries: HashMap<String, u64>,
}

#[guarded]
impl Stock {
    pub fn insert(&mut self, #[key] key: String, count: u64) {
        self.entries.insert(key, count);
    }
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    // Not on the thread's own part alone: the impl works by keys.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

// Nor here: the trait says what the method does, and all of it on the thread's own part would not be that.
#[guarded]
impl Extend<u64> for Stock {
    fn extend<I: IntoIterator<Item = u64>>(&mut self, counts: I) {
        self.entries.extend(counts.into_iter().map(|count| (count.to_string(), count)));
    }
}

fn main() {}
