//! Options that `#[concurrent]` does not have, or not so.

use raceproof::concurrent;
use raceproof::sync::Mutex;

#[derive(Default)]
pub struct Cell {
    value: Mutex<u64>,
}

#[derive(Default)]
pub struct Spec(u64);

impl Spec {
    pub fn get(&self) -> u64 {
        self.0
    }
}

#[concurrent(spec = Spec, threads = 9, tests = never, speed = 3, spec = Spec)]
impl Cell {
    pub fn get(&self) -> u64 {
        *self.value.lock().unwrap_or_else(|e| e.into_inner())
    }
}

// No second wave: the impl is there.
fn user(cell: &Cell) -> u64 {
    cell.get()
}

fn main() {}
