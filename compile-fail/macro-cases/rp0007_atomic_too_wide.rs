//! A state that does not fit one atomic word: too much of it, or no number.

use raceproof::guarded;

#[guarded(atomic)]
pub struct Two {
    low: u64,
    high: u32,
}

#[guarded]
impl Two {
    pub fn low(&self) -> u64 {
        self.low
    }
}

#[guarded(atomic)]
pub struct Name {
    name: String,
}

#[guarded(atomic)]
pub struct Half<T> {
    value: T,
}

#[guarded(atomic)]
pub struct Nothing;

fn main() {}
