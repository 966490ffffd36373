//! Neither a struct nor an impl. The impl below is not to complain as well.

use raceproof::guarded;

#[guarded]
pub enum Door {
    Open,
    Closed,
}

#[guarded]
impl Door {
    pub fn open(&mut self) {
        *self = Door::Open;
    }
    pub fn close(&mut self) {
        *self = Self::Closed;
    }
}

#[guarded]
pub union Bits {
    word: u64,
    half: u32,
}

#[guarded]
fn count() -> u64 {
    1
}

fn main() {}
