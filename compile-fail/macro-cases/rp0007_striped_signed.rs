//! A striped counter only grows, so that it counts in an unsigned number, and in one.

use raceproof::guarded;

#[guarded(striped)]
pub struct Balance {
    value: i64,
}

#[guarded(striped)]
pub struct Two {
    hits: u64,
    misses: u64,
}

fn main() {}
