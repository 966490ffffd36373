//! `#[concurrent]` where there are no methods that threads share: on a struct, on a trait's impl, twice.

use raceproof::concurrent;
use raceproof::sync::Mutex;

#[concurrent(spec = u64)]
#[derive(Default)]
pub struct Cell {
    value: Mutex<u64>,
}

#[concurrent(spec = u64)]
impl Clone for Cell {
    fn clone(&self) -> Self {
        Self::default()
    }
}

pub struct Twice;

pub struct Spec;

impl Spec {
    pub fn first(&self) {}
}

#[concurrent(spec = Spec, start = Spec)]
impl Twice {
    pub fn first(&self) {}
}

#[concurrent(spec = Spec, start = Spec)]
impl Twice {
    pub fn second(&self) {}
}

fn main() {}
