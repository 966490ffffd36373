//! All shards but the first begin with a neutral state, and here nothing makes one.

use raceproof::guarded;

#[guarded(sharded)]
pub struct Limits {
    most: u64,
}

#[guarded]
impl Limits {
    pub fn at(most: u64) -> Self {
        Self { most }
    }
    #[merge(max)]
    pub fn get(&self) -> u64 {
        self.most
    }
}

fn main() {}
