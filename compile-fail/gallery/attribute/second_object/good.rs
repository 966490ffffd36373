// The other object by value: whoever gives it away is its last user.

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

    pub fn absorb(&mut self, other: Self) {
        self.votes += other.votes;
    }

    pub fn votes(&self) -> u64 {
        self.votes
    }
}

fn main() {
    let (north, south) = (Tally::default(), Tally::default());
    north.vote();
    south.vote();
    north.absorb(south);
    assert_eq!(north.votes(), 2);
}
