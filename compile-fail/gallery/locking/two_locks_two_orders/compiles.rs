// Money goes from one account to another, and back.

use std::sync::Mutex;
use std::thread;

struct Bank {
    savings: Mutex<i64>,
    current: Mutex<i64>,
}

impl Bank {
    fn save(&self, amount: i64) {
        let mut current = self.current.lock().unwrap();
        let mut savings = self.savings.lock().unwrap(); // first current, then savings
        *current -= amount;
        *savings += amount;
    }

    fn spend(&self, amount: i64) {
        let mut savings = self.savings.lock().unwrap();
        let mut current = self.current.lock().unwrap(); // first savings, then current
        *savings -= amount;
        *current += amount;
    }
}

fn main() {
    let bank = Bank { savings: Mutex::new(100), current: Mutex::new(100) };
    thread::scope(|scope| {
        scope.spawn(|| bank.save(10));
        scope.spawn(|| bank.spend(20)); // each may hold what the other waits for
    });
}
