//! Reads that declare less: each has what it declares, is shown not to have more, and is caught where it declares too much.

use raceproof::guarded;
use raceproof_test::{Consistency, Explorer, Kind, Report, Rung, Subject, subject};

/// Two keys in two shards, and how many there are of each: a walk over the shards one after the other, at each level.
macro_rules! tally {
    ($name:ident, $level:ident) => {
        #[guarded(sharded, shards = 2, tests = off)]
        #[derive(Default)]
        struct $name {
            entries: std::collections::BTreeMap<u8, u8>,
        }

        #[guarded]
        impl $name {
            pub fn new() -> Self {
                Self { entries: std::collections::BTreeMap::new() }
            }
            pub fn put(
                &mut self,
                #[key]
                #[arg(0..4u8)]
                key: u8,
            ) {
                // The sum tells which keys are there.
                self.entries.insert(key, 1 << key);
            }
            #[merge(sum)]
            #[consistency($level)]
            pub fn sum(&self) -> u8 {
                self.entries.values().sum()
            }
        }
    };
}
tally!(Exact, linearizable);
tally!(Behind, sequential);
tally!(Rough, quiescent);

fn explore(subject: Subject) -> Report {
    Explorer::new(subject).threads(2).operations(2).rungs(&[Rung::Loom, Rung::Shuttle]).budget(1.0).run()
}

#[test]
fn a_walk_over_the_shards_is_quiescently_consistent_and_no_more() {
    let report = explore(subject!(Rough));
    assert!(report.ok(), "{report}");
    let levels: Vec<_> = report.rungs.iter().flat_map(|rung| &rung.levels).collect();
    assert!(!levels.is_empty());
    for level in &levels {
        assert_eq!(
            (level.method, level.declared, level.stronger),
            ("sum", Consistency::Quiescent, Consistency::Sequential)
        );
    }
    let shown = levels.iter().find_map(|level| level.counterexample.as_deref()).expect("an execution shows it");
    assert!(shown.contains("sum() -> "), "{shown}");
}

#[test]
fn what_declares_too_much_is_caught() {
    let report = explore(subject!(Behind));
    let finding = report.finding().expect("the order of a thread is not kept");
    assert_eq!(finding.kind, Kind::NotSequentiallyConsistent, "{finding}");
    assert!(!finding.to_string().contains("had returned before"), "real time is no part of it: {finding}");
}

#[test]
fn all_shards_at_once_are_linearizable() {
    let report = explore(subject!(Exact));
    assert!(report.ok(), "{report}");
    assert!(report.rungs.iter().all(|rung| rung.levels.is_empty()), "there is nothing weaker: {report}");
}
