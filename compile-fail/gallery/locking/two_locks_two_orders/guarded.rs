// The struct is the unit that is locked.

use std::thread;

use raceproof::guarded;

#[guarded]
pub struct Bank {
    savings: i64,
    current: i64,
}

#[guarded]
impl Bank {
    pub fn new(savings: i64, current: i64) -> Self {
        Self { savings, current }
    }

    pub fn save(&mut self, amount: i64) {
        self.current -= amount;
        self.savings += amount;
    }

    pub fn balances(&self) -> (i64, i64) {
        (self.savings, self.current)
    }
}

fn main() {
    let bank = Bank::new(100, 100);
    thread::scope(|scope| {
        scope.spawn(|| bank.save(10));
        scope.spawn(|| bank.save(-20));
    });
    assert_eq!(bank.balances(), (90, 110));
}
