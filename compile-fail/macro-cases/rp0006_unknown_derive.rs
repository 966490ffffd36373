//! A derive that the attribute does not know would be put on the hidden state.

use raceproof::guarded;

#[guarded]
#[derive(Debug, proptest_derive::Arbitrary)]
pub struct Counter {
    value: u64,
}

fn main() {}
