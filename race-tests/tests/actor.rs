//! Actors: mailboxes with a thread of their own, and mailboxes that their callers empty.

use raceproof::guarded;
use raceproof_test::{Explorer, Rung, race_tests, subject};

/// The order of what was posted can be read from the digits.
#[guarded(actor, owner = caller, tests = off)]
#[derive(Debug, Default)]
struct Digits {
    value: u64,
}

#[guarded]
impl Digits {
    pub fn post(&mut self, #[arg(1..3u64)] digit: u64) {
        self.value = (self.value * 10 + digit) % 100_000;
    }
    pub fn add(&mut self, #[arg(1..3u64)] digit: u64) -> u64 {
        self.value = (self.value * 10 + digit) % 100_000;
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

race_tests!(Digits);

/// The same with a thread.
#[guarded(actor, tests = off)]
#[derive(Debug, Default)]
struct OwnDigits {
    value: u64,
}

#[guarded]
impl OwnDigits {
    pub fn post(&mut self, #[arg(1..3u64)] digit: u64) {
        self.value = (self.value * 10 + digit) % 100_000;
    }
    pub fn add(&mut self, #[arg(1..3u64)] digit: u64) -> u64 {
        self.value = (self.value * 10 + digit) % 100_000;
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[test]
fn own() {
    for rung in [Rung::Sequential, Rung::Shuttle, Rung::Loom] {
        let began = std::time::Instant::now();
        let report = Explorer::new(subject!(OwnDigits)).rungs(&[rung]).budget(0.0).run();
        println!("{report} {:?}", began.elapsed());
        assert!(report.ok(), "{report}");
    }
}
