//! The explorer looks for four guarded impls of a type.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn get0(&self) -> u64 {
        self.value
    }
}

#[guarded]
impl Counter {
    pub fn get1(&self) -> u64 {
        self.value
    }
}

#[guarded]
impl Counter {
    pub fn get2(&self) -> u64 {
        self.value
    }
}

#[guarded]
impl Counter {
    pub fn get3(&self) -> u64 {
        self.value
    }
}

#[guarded]
impl Counter {
    pub fn get4(&self) -> u64 {
        self.value
    }
}

fn main() {}
