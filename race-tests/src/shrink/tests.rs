//! What is reported is minimal: each single part is taken away, and then nothing fails any more.

use super::*;
use crate::scenario::Draw;
use raceproof::explore::engine::supervise;
use raceproof::guarded;
use raceproof::sync::Mutex;

#[guarded(tests = off)]
#[derive(Default)]
struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn increment(&mut self) {
        self.value += 1;
    }
    pub fn add(&mut self, #[arg(0..8u64)] amount: u64) {
        self.value += amount;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[guarded(tests = off)]
#[derive(Default)]
struct Stack {
    items: Vec<u8>,
}

#[guarded]
impl Stack {
    pub fn push(&mut self, #[arg(0..8u8)] item: u8) {
        self.items.push(item);
    }
    pub fn pop(&mut self) -> Option<u8> {
        self.items.pop()
    }
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Two locks in two orders.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Crossed {
    left: Mutex<u32>,
    right: Mutex<u32>,
}

#[guarded]
impl Crossed {
    pub fn there(&self) {
        let mut left = self.left.lock().unwrap_or_else(|e| e.into_inner());
        *left += *self.right.lock().unwrap_or_else(|e| e.into_inner());
    }
    pub fn back(&self) {
        let mut right = self.right.lock().unwrap_or_else(|e| e.into_inner());
        *right += *self.left.lock().unwrap_or_else(|e| e.into_inner());
    }
    pub fn left(&self) -> u32 {
        *self.left.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A few random scenarios that fail, each shrunk and then taken apart.
fn shrinks_to_the_least(subject: &Subject, way: Way, finder: &Finder) -> Vec<Scenario> {
    let mut scenarios = Draw::new(subject, &subject.inner.options, 7);
    let mut shrunk = Vec::new();
    for _ in 0..40 {
        let scenario = scenarios.scenario();
        if scenario.operations() > 12 || shrunk.len() == 3 {
            continue;
        }
        let Some(explored) = finder.find(subject, &scenario, way) else { continue };
        let best = shrink(subject, scenario.clone(), finder.clone(), explored, way, Patience::new());
        for candidate in fewer(&best.scenario).into_iter().filter(|candidate| candidate.complaint().is_none()) {
            let (explored, summary) = explore::reduced(subject, &candidate, Limit::executions(100_000));
            assert!(summary.says_all() || Way::of(&explored.end).is_some(), "{candidate:?} {summary:?}");
            assert_ne!(Way::of(&explored.end), Some(way), "{:?}\nis less than\n{:?}", candidate, best.scenario);
        }
        if matches!(best.finder, Finder::Dpor) {
            let mut again =
                Shrunk { scenario: best.scenario.clone(), finder: Finder::Dpor, explored: best.explored, cut: None };
            assert!(!merge_slices(subject, &mut again, way), "a switch could be spared: {:?}", best.scenario);
        }
        shrunk.push(best.scenario);
    }
    assert!(!shrunk.is_empty(), "no scenario fails");
    shrunk
}

#[test]
fn nothing_can_be_taken_away_from_a_shrunk_failure() {
    let done = supervise(Duration::from_secs(20), || {
        for finder in [Finder::Dpor, Finder::Shuttle(1)] {
            for scenario in shrinks_to_the_least(&crate::subject!(Counter).lost_update(), Way::Violation, &finder) {
                // Two writes, and a look at what came of them.
                assert!(scenario.operations() <= 3, "{scenario:?}");
            }
            shrinks_to_the_least(&crate::subject!(Stack).lost_update(), Way::Violation, &finder);
            let deadlock = Way::Failure(FailureKind::Deadlock);
            for scenario in shrinks_to_the_least(&crate::subject!(Crossed), deadlock, &finder) {
                assert_eq!(scenario.operations(), 2, "{scenario:?}");
            }
        }
    });
    assert!(done.is_ok(), "{:?}", done.err());
}

/// The scenario in which an update is lost, with as much around it as there may be.
fn large(subject: &Subject) -> (Scenario, Explored) {
    let mut scenarios = Draw::new(subject, &subject.inner.options, 7);
    let found = (0..40).find_map(|_| {
        let scenario = scenarios.scenario();
        let explored = Finder::Shuttle(1).find(subject, &scenario, Way::Violation)?;
        (scenario.operations() > 6).then_some((scenario, explored))
    });
    found.expect("one of forty large scenarios fails")
}

#[test]
fn what_cuts_it_short_is_work_and_is_told() {
    let done = supervise(Duration::from_secs(20), || {
        let subject = crate::subject!(Counter).lost_update();
        let (scenario, explored) = large(&subject);
        let shrunk = |work| {
            let patience = Patience::of(work, Duration::from_secs(3_600));
            shrink(&subject, scenario.clone(), Finder::Shuttle(1), explored.clone(), Way::Violation, patience)
        };
        // The same after the same work, whatever the time; and what is left of it fails.
        let (one, two, whole) = (shrunk(3_000), shrunk(3_000), shrunk(WORK));
        assert_eq!(one.scenario, two.scenario);
        assert!(one.cut.is_some_and(|cut| cut.contains("many steps")), "{:?}", one.cut);
        assert_eq!(Way::of(&one.explored.end), Some(Way::Violation));
        assert_eq!(whole.cut, None);
        assert!(whole.scenario.operations() < one.scenario.operations(), "{:?} {:?}", whole.scenario, one.scenario);
    });
    assert!(done.is_ok(), "{:?}", done.err());
}
