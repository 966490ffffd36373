// A guarded counter whose number can be seen from outside.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Hits {
    pub total: u64, // who locks before touching this?
}

#[guarded]
impl Hits {
    pub fn record(&mut self) {
        self.total += 1;
    }
}

fn main() {
    Hits::default().record();
}
