//! What is posted to a mailbox of rings has to commute; what waits for its result has not.

use raceproof::guarded;

#[guarded(actor, mailbox = rings)]
#[derive(Default)]
pub struct Journal {
    lines: Vec<String>,
    visits: u64,
}

#[guarded]
impl Journal {
    pub fn write(&mut self, line: String) {
        self.lines.push(line);
    }
    #[commutes]
    pub fn visit(&mut self) {
        self.visits += 1;
    }
    // Waits, so its place is known.
    pub fn pop(&mut self) -> Option<String> {
        self.lines.pop()
    }
}

fn main() {}
