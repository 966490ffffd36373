//! Outcomes are compared with what the function returns.

use raceproof::race_test;

#[race_test(outcomes = [1, 2])]
fn returns_nothing() {}

#[race_test]
fn returns_something() -> impl std::fmt::Debug {
    1
}

fn main() {}
