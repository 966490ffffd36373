//! Options that `race_tests!` does not have, one given twice, and one that cannot be read.

pub struct Counter;

raceproof::__private::race_tests!(Counter, thread = 3, budget = 1.0, budget = 2.0);
raceproof::__private::race_tests!(Counter = );

fn main() {}
