//! Not everything adds up.

use raceproof::guarded;

#[guarded(sharded)]
#[derive(Default)]
pub struct Log {
    text: String,
}

#[guarded]
impl Log {
    #[merge(sum)]
    pub fn text(&self) -> String {
        self.text.clone()
    }
}

fn main() {}
