//! All the errors of one item at once, and no second wave.

use raceproof::guarded;

use std::collections::HashMap;

#[guarded(fast)]
#[derive(Clone, PartialEq)]
pub struct Bank {
    pub accounts: HashMap<String, i64>,
    pub name: String,
}

#[guarded]
impl Bank {
    pub fn new() -> Self {
        Self { accounts: HashMap::new(), name: String::new() }
    }
    pub async fn wait(&self) {}
    pub fn name(&self) -> &str {
        &self.name
    }
    pub fn merge(&mut self, other: &Self, by: impl Fn(i64, i64) -> i64) -> &mut Self {
        for (name, amount) in &other.accounts {
            let here = self.accounts.entry(name.clone()).or_default();
            *here = by(*here, *amount);
        }
        self
    }
    pub fn total(&self) -> i64 {
        self.accounts.values().sum()
    }
}

fn user(bank: &Bank) -> i64 {
    let other = bank.clone();
    bank.merge(&other, |a, b| a + b);
    println!("{}", bank.name());
    bank.total()
}

fn main() {}
