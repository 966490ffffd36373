//! A field that cannot be sent between threads.

use raceproof::guarded;

use std::rc::Rc;

#[guarded]
pub struct Shared {
    count: u64,
    names: Rc<Vec<String>>,
    raw: *const u8,
}

#[guarded]
impl Shared {
    pub fn count(&self) -> u64 {
        self.count
    }
}

fn main() {}
