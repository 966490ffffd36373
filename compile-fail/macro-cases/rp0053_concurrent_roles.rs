//! Attributes of methods that say nothing, too little, or of what no test calls.

use raceproof::concurrent;
use raceproof::sync::Mutex;

#[derive(Default)]
pub struct Slot {
    value: Mutex<Option<u64>>,
}

#[derive(Default, Clone)]
pub struct Spec(Option<u64>);

impl Spec {
    pub fn put(&mut self, n: u64) {
        self.0 = Some(n);
    }
    pub fn take(&mut self) -> Option<u64> {
        self.0.take()
    }
}

#[concurrent(spec = Spec)]
impl Slot {
    #[single]
    pub fn put(&self, n: u64) {
        self.set(Some(n));
    }
    #[spurious]
    #[blocking(always)]
    pub fn take(&self) -> Option<u64> {
        self.set(None)
    }
    #[blocking]
    fn set(&self, value: Option<u64>) -> Option<u64> {
        std::mem::replace(&mut *self.value.lock().unwrap_or_else(|e| e.into_inner()), value)
    }
    #[skip]
    #[single(owner)]
    pub fn reset(&self) {}
    pub fn by(&self, #[thread] _number: u64) {}
}

fn main() {}
