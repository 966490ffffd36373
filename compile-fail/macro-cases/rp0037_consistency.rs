//! A consistency that does not exist, and a weaker one on a method that changes the state.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    #[consistency(sequential)]
    pub fn new() -> Self {
        Self { value: 0 }
    }
    #[consistency(quiescent)]
    pub fn add(&mut self, n: u64) {
        self.value += n;
    }
    #[consistency(eventual)]
    pub fn about(&self) -> u64 {
        self.value
    }
    #[consistency]
    pub fn roughly(&self) -> u64 {
        self.value
    }
    #[consistency(linearizable)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(hits: &Hits) -> u64 {
    hits.get()
}

fn main() {}
