//! A guarded impl for something other than a struct's name.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl IntoIterator for &Counter {
    type Item = u64;
    type IntoIter = std::iter::Once<u64>;
    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(1)
    }
}

fn main() {}
