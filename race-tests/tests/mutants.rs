//! Strategies that are broken on request: each mistake is found, by the engine that can see it, and only where it is made.

use raceproof::guarded;
use raceproof_test::{Explorer, Fate, Kind, Mutation, Report, Rung, subject};

#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Highest {
    value: u64,
}

#[guarded]
impl Highest {
    // Not one read-modify-write: it takes the compare-exchange.
    pub fn double_and_add(&mut self, #[arg(1..3u64)] amount: u64) -> u64 {
        self.value = self.value.wrapping_mul(2).wrapping_add(amount);
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn fate(report: &Report, name: &str) -> Fate {
    let mutants = report.rungs.iter().flat_map(|rung| &rung.mutants);
    let of_that_name: Vec<_> = mutants.filter(|mutant| mutant.name == name).collect();
    assert_eq!(of_that_name.len(), 1, "{name} is explored once: {report}");
    of_that_name[0].fate.clone()
}

#[test]
fn a_store_in_place_of_the_compare_exchange_loses_an_update() {
    let subject = subject!(Highest);
    assert_eq!(subject.mutations(), [Mutation::CasBecomesStore, Mutation::OrderingsRelaxed]);
    let report = Explorer::new(subject.clone()).rungs(&[Rung::Mutants]).budget(0.0).run();
    let Fate::Killed(rung, finding) = fate(&report, "cas_becomes_store") else { panic!("{report}") };
    assert_eq!(rung, Rung::Loom);
    assert!(finding.to_string().contains("Highest, with a store in place of its compare-exchange (a mutant)"));
    // The token names the mistake, so the original is not blamed for it.
    assert!(finding.token.contains(":cas_becomes_store~loom"), "{}", finding.token);
    let again = raceproof_test::replay_once(&subject, &finding.token).expect("it is a token of this type");
    assert_eq!(again.map(|finding| finding.token), Some(finding.token.clone()));
}

#[test]
fn only_the_execution_that_is_told_so_is_broken() {
    let subject = subject!(Highest);
    for rung in [Rung::Loom, Rung::Shuttle] {
        let broken = Explorer::new(subject.mutant(Mutation::CasBecomesStore)).rungs(&[rung]).budget(0.0).run();
        assert!(broken.finding().is_some(), "{broken}");
        let whole = Explorer::new(subject.clone()).rungs(&[rung]).budget(0.0).run();
        assert!(whole.ok(), "{whole}");
        // A mistake that this strategy has no place for changes nothing.
        let another = Explorer::new(subject.mutant(Mutation::ReplyLost)).rungs(&[rung]).budget(0.0).run();
        assert!(another.ok(), "{another}");
    }
}

#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Pair {
    left: u8,
    right: u8,
}

#[guarded]
impl Pair {
    pub fn set(&mut self, #[arg(1..3u8)] both: u8) {
        (self.left, self.right) = (both, both);
    }
    pub fn get(&self) -> (u8, u8) {
        (self.left, self.right)
    }
}

// The one that no history shows: what the word hands over is its callers' memory, not its own.
#[test]
fn each_mistake_of_a_word_and_of_a_shared_lock_is_found_by_loom() {
    for (subject, expected) in [
        (
            subject!(Highest),
            [("cas_becomes_store", Kind::NotLinearizable), ("orderings_relaxed", Kind::DataRace)].as_slice(),
        ),
        (subject!(Pair), [("writer_beside_readers", Kind::DataRace)].as_slice()),
    ] {
        let report = Explorer::new(subject).rungs(&[Rung::Mutants]).budget(0.0).run();
        for (name, kind) in expected {
            let Fate::Killed(rung, finding) = fate(&report, name) else { panic!("{name}: {report}") };
            assert_eq!((rung, finding.kind), (Rung::Loom, *kind), "{finding}");
        }
    }
}
