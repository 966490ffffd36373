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
        let best = shrink(subject, scenario.clone(), finder.clone(), explored, way, Duration::from_secs(60));
        for candidate in fewer(&best.scenario).into_iter().filter(|candidate| candidate.complaint().is_none()) {
            let (explored, summary) = explore::reduced(subject, &candidate, Limit::executions(100_000));
            assert!(summary.says_all() || Way::of(&explored.end).is_some(), "{candidate:?} {summary:?}");
            assert_ne!(Way::of(&explored.end), Some(way), "{:?}\nis less than\n{:?}", candidate, best.scenario);
        }
        if matches!(best.finder, Finder::Dpor) {
            let mut again = Shrunk { scenario: best.scenario.clone(), finder: Finder::Dpor, explored: best.explored };
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
