//! `left_right`: two copies, and readers that wait for nobody.

use raceproof::guarded;
use raceproof_test::{Explorer, Fate, Kind, Rung, Verdict, subject};
use std::collections::BTreeMap;

#[guarded(left_right, tests = off)]
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
fn nothing_is_seen_that_no_order_explains() {
    let report = Explorer::new(subject!(Bell)).threads(2).rungs(&[Rung::Loom, Rung::Shuttle]).budget(2.0).run();
    assert!(report.ok(), "{report}");
}

#[test]
fn a_panic_leaves_the_state_as_it_was() {
    let report = Explorer::new(subject!(Fragile)).rungs(&[Rung::Sequential, Rung::Shuttle]).budget(0.0).run();
    assert!(report.ok(), "{report}");
}

// What each mistake looks like, and to whom: the one that is never shown differs on one thread already; without a wait, a
// barrier or the orderings a reader looks at a copy that is being changed, which only an engine with weak memory sees.
#[test]
fn each_mistake_is_found() {
    let report = Explorer::new(subject!(Stock)).rungs(&[Rung::Mutants]).budget(0.0).run();
    assert!(matches!(report.rungs[0].verdict, Verdict::Exhausted), "{report}");
    let found: Vec<_> = report.rungs[0]
        .mutants
        .iter()
        .map(|mutant| match &mutant.fate {
            Fate::Killed(rung, finding) => (mutant.name, *rung, finding.kind),
            fate => panic!("{}: {fate:?}", mutant.name),
        })
        .collect();
    assert_eq!(
        found,
        [
            ("lost_update", Rung::Loom, Kind::NotLinearizable),
            ("reader_not_waited_for", Rung::Loom, Kind::DataRace),
            ("applied_once", Rung::Sequential, Kind::Differs),
            ("never_published", Rung::Sequential, Kind::Differs),
            ("stale_read", Rung::Loom, Kind::DataRace),
            ("barrier_left_out", Rung::Loom, Kind::DataRace),
            ("orderings_relaxed", Rung::Loom, Kind::DataRace),
            ("first_use_unordered", Rung::Loom, Kind::DataRace),
            ("first_use_twice", Rung::Loom, Kind::NotLinearizable),
        ]
    );
}
