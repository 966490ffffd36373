//! A panic inside a method, seen from outside.

use raceproof::{Poison, guarded};
use std::panic::{AssertUnwindSafe, catch_unwind};

macro_rules! account {
    ($module:ident, $strategy:ident) => {
        mod $module {
            #[raceproof::guarded($strategy)]
            #[derive(Debug, Default)]
            pub struct Account {
                balance: i64,
            }

            #[raceproof::guarded]
            impl Account {
                pub fn withdraw(&mut self, amount: i64) {
                    self.balance -= amount;
                    assert!(self.balance >= 0, "overdrawn");
                }
                pub fn look(&self) -> i64 {
                    assert!(self.balance != 7, "a reader's panic");
                    self.balance
                }
                pub fn set(&mut self, balance: i64) {
                    self.balance = balance;
                }
                pub fn into_balance(self) -> i64 {
                    self.balance
                }
            }
        }
    };
}
account!(mutex, mutex);
account!(rwlock, rwlock);

/// What the panic of this call says.
fn panic_of(call: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(call)).expect_err("it was to panic");
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap()
}

#[test]
fn later_calls_name_the_type_until_the_poison_is_cleared() {
    let account = mutex::Account::default();
    assert_eq!(panic_of(|| account.withdraw(1)), "overdrawn");
    assert!(account.is_poisoned());
    let message = panic_of(|| account.set(0));
    assert!(message.contains("`Account` is poisoned"), "{message}");
    assert_eq!(message.contains("Account::withdraw"), raceproof::EXPLORE, "{message}");
    assert_eq!(format!("{account:?}"), "Account { <poisoned> }");
    account.clear_poison();
    account.set(5);
    assert_eq!(account.into_balance(), 5);
}

#[test]
fn a_consuming_method_panics_too() {
    let account = rwlock::Account::default();
    panic_of(|| account.withdraw(1));
    assert!(panic_of(|| _ = account.into_balance()).contains("`Account` is poisoned"));
}

#[test]
fn a_reader_poisons_a_mutex_and_no_read_write_lock() {
    let (mutex, rwlock) = (mutex::Account::default(), rwlock::Account::default());
    mutex.set(7);
    rwlock.set(7);
    panic_of(|| _ = mutex.look());
    panic_of(|| _ = rwlock.look());
    assert!(mutex.is_poisoned() && !rwlock.is_poisoned());
}

#[guarded]
#[derive(Default)]
struct Watched {
    value: u8,
}

#[guarded]
impl Watched {
    pub fn fail(&mut self) {
        self.value += 1;
        panic!("on purpose");
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn another_threads_panic_is_told() {
    let watched = Watched::default();
    std::thread::scope(|scope| {
        assert!(scope.spawn(|| watched.fail()).join().is_err());
    });
    assert!(panic_of(|| _ = watched.get()).contains("`Watched` is poisoned"));
}
