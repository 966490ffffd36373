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

/// Every change is one instruction: there is no compare-exchange that could be replaced.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Ones {
    value: u64,
}

#[guarded]
impl Ones {
    pub fn add(&mut self, #[arg(1..3u64)] amount: u64) {
        self.value = self.value.wrapping_add(amount);
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

// A mutant that is the original, told apart from one that the suite has missed.
#[test]
fn a_mistake_that_has_no_place_in_a_type_is_neither_found_nor_missed() {
    let report = Explorer::new(subject!(Ones)).rungs(&[Rung::Mutants]).budget(0.0).run();
    assert!(matches!(fate(&report, "cas_becomes_store"), Fate::Unreached(_)), "{report}");
    assert!(matches!(fate(&report, "orderings_relaxed"), Fate::Killed(Rung::Loom, _)), "{report}");
    assert!(report.to_string().contains("mutant cas_becomes_store: never reached"), "{report}");
}

/// A stripe a thread, and more calls than the small scenarios that are drawn can hold together.
#[guarded(striped, tests = off)]
#[derive(Default)]
struct Stripes {
    value: u64,
}

#[guarded]
impl Stripes {
    pub fn one(&mut self) {
        self.value = self.value.saturating_add(1);
    }
    pub fn tick(&mut self) {
        self.value = self.value.saturating_add(1);
    }
    pub fn get(&self) -> u64 {
        self.value
    }
    pub fn is_odd(&self) -> bool {
        self.value % 2 == 1
    }
    pub fn is_zero(&self) -> bool {
        self.value == 0
    }
}

// Two threads that each add and then look; a thread that adds, writes and adds again. Both are seldom drawn, and looked for.
#[test]
fn a_barrier_that_is_left_out_is_found_among_many_methods() {
    let report = Explorer::new(subject!(Stripes)).rungs(&[Rung::Mutants]).budget(0.0).run();
    for name in ["barrier_left_out", "orderings_relaxed", "stripe_not_summed", "first_use_twice"] {
        let Fate::Killed(..) = fate(&report, name) else { panic!("{name}: {report}") };
    }
}

/// A part a thread: one thread's two additions are never in two parts.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Parts {
    value: u64,
}

#[guarded]
impl Parts {
    #[commutes]
    pub fn hit(&mut self) {
        self.value = self.value.wrapping_add(1);
    }
    pub fn add(&mut self, #[arg(0..4u64)] amount: u64) {
        self.value = self.value.wrapping_add(amount);
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

// A sum that was never there takes two threads that add one after the other, while a third one looks.
#[test]
fn parts_that_are_looked_at_one_by_one_are_found_where_each_thread_has_its_own() {
    let report = Explorer::new(subject!(Parts)).rungs(&[Rung::Mutants]).budget(0.0).run();
    for name in ["shards_one_at_a_time", "first_use_unordered", "first_use_twice"] {
        let Fate::Killed(..) = fate(&report, name) else { panic!("{name}: {report}") };
    }
}

/// What `StripedCounter` is: amounts other than 1, and a sum that declares what it is worth.
#[guarded(striped, tests = off)]
#[derive(Default)]
struct Amounts {
    value: u64,
}

#[guarded]
impl Amounts {
    pub fn add(&mut self, #[arg(1..3u64)] amount: u64) {
        self.value = self.value.saturating_add(amount);
    }
    #[consistency(quiescent)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

// `get` of any amounts promises no order after the thread's own additions, and nothing else sees any; `Stripes::get` does.
#[test]
fn a_barrier_that_no_method_promises_anything_by_is_told_apart_from_one_that_is_missed() {
    let report = Explorer::new(subject!(Amounts)).rungs(&[Rung::Mutants]).budget(0.0).run();
    let Fate::Indistinguishable(why) = fate(&report, "barrier_left_out") else { panic!("{report}") };
    assert!(why.contains("quiescent"), "{why}");
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
