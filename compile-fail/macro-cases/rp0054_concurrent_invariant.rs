//! An invariant that needs more than the object, and a second one.

use raceproof::concurrent;
use raceproof::sync::Mutex;

#[derive(Default)]
pub struct Slot {
    value: Mutex<u64>,
}

#[derive(Default)]
pub struct Spec(u64);

impl Spec {
    pub fn get(&self) -> u64 {
        self.0
    }
}

#[concurrent(spec = Spec)]
impl Slot {
    pub fn get(&self) -> u64 {
        *self.value.lock().unwrap_or_else(|e| e.into_inner())
    }
    #[invariant]
    fn at_most(&self, most: u64) {
        assert!(self.get() <= most);
    }
    #[invariant]
    fn small(&self) {
        assert!(self.get() < 100);
    }
}

fn main() {}
