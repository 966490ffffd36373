// Both accounts behind one lock.

use std::sync::Mutex;
use std::thread;

struct Accounts {
    savings: i64,
    current: i64,
}

struct Bank {
    accounts: Mutex<Accounts>,
}

impl Bank {
    fn save(&self, amount: i64) {
        let mut accounts = self.accounts.lock().unwrap();
        accounts.current -= amount;
        accounts.savings += amount;
    }
}

fn main() {
    let bank = Bank { accounts: Mutex::new(Accounts { savings: 100, current: 100 }) };
    thread::scope(|scope| {
        scope.spawn(|| bank.save(10));
        scope.spawn(|| bank.save(-20));
    });
    let accounts = bank.accounts.into_inner().unwrap();
    assert_eq!((accounts.savings, accounts.current), (90, 110));
}
