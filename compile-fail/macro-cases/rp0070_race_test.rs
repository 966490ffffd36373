//! Options that `#[race_test]` does not have, or that are given as something else.

use raceproof::race_test;

#[race_test(engine = [loom])]
fn misspelt() {}

#[race_test(engines = [loom, shuttel], preemptions, budget = 1.0, budget = 2.0)]
fn three_mistakes() {}

#[race_test(outcomes = [])]
fn nothing_can_pass() -> u32 {
    1
}

#[race_test(engines = )]
fn unreadable() {}

fn main() {}
