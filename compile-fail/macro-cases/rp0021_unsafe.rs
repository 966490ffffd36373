//! An `unsafe fn`, and a foreign calling convention.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    /// # Safety
    /// The value must not be zero.
    pub unsafe fn spare(&self) -> u64 {
        self.value
    }
    pub extern "C" fn foreign(&self) -> u64 {
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(counter: &Counter) -> u64 {
    counter.get()
}

fn main() {}
