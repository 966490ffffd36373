//! A derive above the attribute sees the user's fields, which are no longer there: the compiler names the remedy.

use raceproof::guarded;

#[derive(Debug)]
#[guarded]
pub struct Counter {
    value: u64,
}

fn main() {}
