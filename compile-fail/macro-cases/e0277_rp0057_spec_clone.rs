//! A spurious failure leaves the spec as it was, which takes a copy.

use raceproof::concurrent;
use raceproof::sync::Mutex;

#[derive(Default)]
pub struct Slot {
    value: Mutex<Option<u64>>,
}

#[derive(Default)]
pub struct Spec(Option<u64>);

impl Spec {
    pub fn take(&mut self) -> Option<u64> {
        self.0.take()
    }
}

#[concurrent(spec = Spec)]
impl Slot {
    #[spurious(None)]
    pub fn take(&self) -> Option<u64> {
        self.value.try_lock().ok()?.take()
    }
}

fn main() {}
