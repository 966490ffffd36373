//! The wrapper is `Send` where the state allows it, and nobody promises more.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
unsafe impl Send for Counter {}

fn main() {}
