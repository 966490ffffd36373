//! Guarded inside guarded, several types in a module, several impls of a type.

use raceproof::guarded;

#[guarded]
#[derive(Debug, Default)]
pub struct Account {
    balance: i64,
}

#[guarded]
impl Account {
    pub fn add(&mut self, amount: i64) {
        self.balance += amount;
    }
    pub fn balance(&self) -> i64 {
        self.balance
    }
}

#[guarded(rwlock)]
#[derive(Debug, Default)]
pub struct Bank {
    a: Account,
    b: Account,
}

#[guarded]
impl Bank {
    pub fn new() -> Self {
        Self { a: Account::default(), b: Account::default() }
    }
}

#[guarded]
impl Bank {
    pub fn transfer(&mut self, amount: i64) {
        self.a.add(-amount);
        self.b.add(amount);
    }
    pub fn open() -> Self {
        Self::new()
    }
}

#[guarded]
impl Bank {
    pub fn total(&self) -> i64 {
        self.a.balance() + self.b.balance()
    }
}

#[guarded(block = 3)]
impl Bank {
    pub fn first(&self) -> i64 {
        self.a.balance()
    }
}

#[test]
fn several_impls_of_a_type_that_holds_others() {
    let bank = Bank::new();
    bank.transfer(5);
    assert_eq!((bank.first(), bank.total(), Bank::open().total()), (-5, 0, 0));
    assert_eq!(format!("{bank:?}"), "Bank { a: Account { balance: -5 }, b: Account { balance: 5 } }");
}
