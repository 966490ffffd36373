// Looked up under the lock, computed without it, kept under it again.

use std::collections::HashMap;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Cache {
    values: HashMap<u32, u64>,
}

#[guarded]
impl Cache {
    pub fn get(&self, key: u32) -> Option<u64> {
        self.values.get(&key).copied()
    }

    pub fn keep(&mut self, key: u32, value: u64) -> u64 {
        *self.values.entry(key).or_insert(value)
    }
}

fn fibonacci(cache: &Cache, n: u32) -> u64 {
    match cache.get(n) {
        Some(value) => value,
        None if n < 2 => u64::from(n),
        None => cache.keep(n, fibonacci(cache, n - 1) + fibonacci(cache, n - 2)),
    }
}

fn main() {
    assert_eq!(fibonacci(&Cache::default(), 50), 12_586_269_025);
}
