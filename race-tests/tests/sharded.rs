//! States in parts: by key, by thread, folded; and the lock of one part, by itself, in `conformance/shard_lock.rs`.

use raceproof::guarded;
use raceproof_test::race_tests;
use std::collections::BTreeMap;

/// Every route of a map: keys that meet in a part and keys that do not, folds over all parts held together.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Stock {
    entries: BTreeMap<u8, u8>,
}

#[guarded]
impl Stock {
    pub fn insert(&mut self, #[key] key: u8, value: u8) -> Option<u8> {
        self.entries.insert(key, value)
    }
    pub fn remove(&mut self, #[key] key: &u8) -> Option<u8> {
        self.entries.remove(key)
    }
    pub fn get(&self, #[key] key: &u8) -> Option<u8> {
        self.entries.get(key).copied()
    }
    #[merge(sum)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    #[merge(each)]
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

race_tests!(Stock, budget = 0.5);

/// By thread, with a start that only one part has.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub const fn new() -> Self {
        Self { value: 7 }
    }
    #[commutes]
    pub fn hit(&mut self) {
        self.value = self.value.wrapping_add(1);
    }
    pub fn add(&mut self, #[arg(0..4u64)] n: u64) {
        self.value = self.value.wrapping_add(n);
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

race_tests!(Hits, budget = 0.5);

/// A panic poisons the part of its key, and all of the object where it was on all of it; the specification does the same.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Fragile {
    values: BTreeMap<u8, u8>,
}

#[guarded]
impl Fragile {
    pub fn put(&mut self, #[key] key: u8, #[arg(0..3u8)] value: u8) {
        self.values.insert(key, value);
        assert!(value < 2, "too much");
    }
    pub fn get(&self, #[key] key: u8) -> Option<u8> {
        self.values.get(&key).copied()
    }
    /// Of each part alone: an assertion about all of them is none that a fold can make.
    #[merge(each)]
    pub fn check(&mut self) {
        assert!(self.values.values().all(|value| *value == 0), "not nothing");
    }
    #[merge(sum)]
    pub fn len(&self) -> usize {
        self.values.len()
    }
}

race_tests!(Fragile, budget = 0.5);

/// The same by thread: what is refused is refused to all threads.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Limited {
    value: u64,
}

#[guarded]
impl Limited {
    pub fn add(&mut self, #[arg(1..4u64)] n: u64) {
        assert!(n < 3, "too much at once");
        self.value = self.value.wrapping_add(n);
    }
    pub fn take(&mut self, #[arg(1..3u64)] n: u64) {
        assert!(n < 2, "too little");
        self.value = self.value.wrapping_sub(n);
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

race_tests!(Limited, budget = 0.5);
