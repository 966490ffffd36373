//! A method whose order can be told does not commute; one that changes nothing need not say so.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    #[commutes]
    pub fn next(&mut self) -> u64 {
        self.value += 1;
        self.value
    }
    #[commutes]
    pub fn get(&self) -> u64 {
        self.value
    }
    #[commutes(always)]
    pub fn add(&mut self, n: u64) {
        self.bump(n);
    }
    #[commutes]
    fn bump(&mut self, n: u64) {
        self.value += n;
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(hits: &Hits) -> u64 {
    hits.get()
}

fn main() {}
