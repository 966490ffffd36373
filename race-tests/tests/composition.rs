//! A guarded type inside a guarded type: two critical sections side by side are found, one is not.

use raceproof::guarded;
use raceproof_test::{Explorer, Kind, Rung, Subject, race_tests, subject};

mod account {
    use raceproof::guarded;

    #[guarded(tests = off)]
    pub struct Account {
        balance: u64,
    }

    #[guarded]
    impl Account {
        pub const fn with(balance: u64) -> Self {
            Self { balance }
        }
        pub fn deposit(&mut self, amount: u64) {
            self.balance += amount;
        }
        pub fn withdraw(&mut self, amount: u64) -> bool {
            let enough = self.balance >= amount;
            if enough {
                self.balance -= amount;
            }
            enough
        }
        pub fn balance(&self) -> u64 {
            self.balance
        }
    }
}
use account::Account;

/// The same bank, with the receiver and the body of `transfer` as they are given.
macro_rules! bank {
    ($name:ident, $strategy:ident, (& $($receiver:ident)+, $amount:ident) $transfer:block) => {
        #[guarded($strategy, tests = off)]
        struct $name {
            a: Account,
            b: Account,
        }

        #[guarded]
        impl $name {
            pub fn opened() -> Self {
                Self { a: Account::with(5), b: Account::with(0) }
            }
            pub fn transfer(& $($receiver)+, #[arg(1..3u64)] $amount: u64) -> bool $transfer
            pub fn total(&self) -> u64 {
                self.a.balance() + self.b.balance()
            }
        }
    };
}

bank!(ReadersSideBySide, rwlock, (&self, amount) {
    self.a.withdraw(amount) && {
        self.b.deposit(amount);
        true
    }
});
bank!(Alone, mutex, (&self, amount) {
    self.a.withdraw(amount) && {
        self.b.deposit(amount);
        true
    }
});
bank!(Writer, rwlock, (&mut self, amount) {
    self.a.withdraw(amount) && {
        self.b.deposit(amount);
        true
    }
});

// Readers of a read-write lock run side by side, so `total` can fall between the two halves of a transfer.
#[test]
fn two_critical_sections_under_a_read_lock_are_found() {
    let report = Explorer::new(subject!(ReadersSideBySide)).budget(0.5).run();
    let finding = report.finding().expect("the money is in flight");
    assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
    let text = finding.to_string();

    for part in ["transfer(", "total()", "composition.rs"] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(text.contains("would return 5"), "{text}");
}

race_tests!(Alone, budget = 0.3);
race_tests!(Writer, budget = 0.3);

#[test]
fn the_naive_variants_are_found_too() {
    let subjects: [Subject; 2] = [subject!(Alone), subject!(Writer)];
    for subject in subjects {
        let report = Explorer::new(subject.lost_update()).budget(0.5).rungs(&[Rung::Loom, Rung::Shuttle]).run();
        assert!(report.finding().is_some(), "{report}");
    }
}
