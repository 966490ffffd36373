//! A state in parts cannot be taken out in one piece.

use raceproof::guarded;

#[guarded(sharded)]
#[derive(Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub fn hit(&mut self) {
        self.value += 1;
    }
    pub fn into_value(self) -> u64 {
        self.value
    }
}

fn main() {}
