// A cache that computes what it does not have.

use std::collections::HashMap;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Cache {
    values: HashMap<u32, u64>,
}

#[guarded]
impl Cache {
    pub fn get_or(&mut self, key: u32, compute: impl FnOnce() -> u64) -> u64 {
        *self.values.entry(key).or_insert_with(compute) // it may call this cache again
    }
}

fn main() {
    Cache::default().get_or(1, || 1);
}
