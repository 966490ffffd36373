//! A state that does not fit one atomic word: by the shape, and by the type of the field.

use raceproof::guarded;

#[guarded(atomic)]
pub struct Two {
    low: u32,
    high: u32,
}

#[guarded]
impl Two {
    pub fn sum(&self) -> u32 {
        self.low + self.high
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
