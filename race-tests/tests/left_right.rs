//! `left_right`: two copies, and readers that wait for nobody.

use raceproof::guarded;
use raceproof_test::{Explorer, Fate, Kind, Mutation, Report, Rung, Subject, Verdict, subject};
use std::collections::BTreeMap;

#[guarded(left_right)]
#[derive(Clone, Debug, Default)]
struct Stock {
    items: BTreeMap<u8, u8>,
    changes: u32,
}

#[guarded]
impl Stock {
    pub fn put(&mut self, #[arg(0..2u8)] item: u8, #[arg(1..3u8)] count: u8) -> Option<u8> {
        self.changes += 1;
        self.items.insert(item, count)
    }
    pub fn take(&mut self, #[arg(0..2u8)] item: &u8) -> Option<u8> {
        self.changes += 1;
        self.items.remove(item)
    }
    pub fn count(&self, #[arg(0..2u8)] item: &u8) -> u8 {
        self.items.get(item).copied().unwrap_or(0)
    }
    // Two fields in one read: never one copy's and the other's.
    pub fn summary(&self) -> (u32, usize) {
        (self.changes, self.items.len())
    }
}

/// Panics before, in the middle of and after a change.
#[guarded(left_right, tests = off)]
#[derive(Clone, Default)]
struct Fragile {
    left: u8,
    right: u8,
}

#[guarded]
impl Fragile {
    pub fn move_over(&mut self, #[arg(0..4u8)] amount: u8) {
        self.left = self.left.wrapping_add(amount);
        assert!(amount != 3, "three is too many");
        self.right = self.right.wrapping_sub(amount);
    }
    pub fn difference(&self) -> u8 {
        assert!(self.left.wrapping_add(self.right) == 0, "a half-changed copy is seen");
        self.left
    }
}

#[test]
fn two_threads_with_two_operations_each_exhaustively() {
    let report = Explorer::new(subject!(Stock)).rungs(&[Rung::Loom]).budget(0.0).run();
    println!("{report}");
}

#[test]
fn mutants() {
    let report = Explorer::new(subject!(Stock)).rungs(&[Rung::Mutants]).budget(0.0).run();
    println!("{report}");
    for rung in report.rungs {
        for mutant in rung.mutants {
            if let Fate::Killed(_, f) = mutant.fate {
                println!("{}", f.headline());
            }
        }
    }
}

#[test]
fn a_panic_leaves_the_state_as_it_was() {
    let report = Explorer::new(subject!(Fragile)).budget(0.0).run();
    println!("{report}");
    assert!(report.ok());
}

/// The least that has every kind of access.
#[guarded(left_right, tests = off)]
#[derive(Clone, Default)]
struct Bell {
    rung: u8,
}

#[guarded]
impl Bell {
    pub fn ring(&mut self) -> u8 {
        self.rung += 1;
        self.rung
    }
    pub fn heard(&self) -> u8 {
        self.rung
    }
}
#[test]
fn bell() {
    let report = Explorer::new(subject!(Bell)).rungs(&[Rung::Loom]).threads(2).budget(40.0).run();
    println!("{report}");
}
