//! A guarded impl that is not where its struct is.

use raceproof::guarded;

mod counter {
    use raceproof::guarded;

    #[guarded]
    pub struct Counter {
        value: u64,
    }
}

use counter::Counter;

#[guarded]
impl Counter {
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
