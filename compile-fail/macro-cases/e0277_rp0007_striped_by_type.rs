//! A name may stand for anything: here the compiler says that a stripe cannot count it.

use raceproof::guarded;

type Balance = i64;

#[guarded(striped)]
pub struct Account {
    balance: Balance,
}

fn main() {}
