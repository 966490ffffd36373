// Two counters are added up.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Tally {
    votes: u64,
}

#[guarded]
impl Tally {
    pub fn vote(&mut self) {
        self.votes += 1;
    }

    pub fn absorb(&mut self, other: &Self) {
        self.votes += other.votes; // under which lock?
    }
}

fn main() {
    Tally::default().vote();
}
