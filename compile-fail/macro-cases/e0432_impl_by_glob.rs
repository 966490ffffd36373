//! A guarded impl that is not where its struct is, where the file does not show it: the compiler then looks for the
//! hidden state by its name.

mod library {
    pub mod counter {
        pub struct Counter {
            pub value: u64,
        }
    }
}

use library::counter::*;
use raceproof::guarded;

#[guarded]
impl Counter {
    fn get(&self) -> u64 {
        self.value
    }
}

fn main() {}
