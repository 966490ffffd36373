//! One look at each ring is not a moment: the mistake that takes three senders, a weak memory, and an actor that asks.
//!
//! What is posted by two threads, one after the other, while the owner of an actor with rings is about to reply to a third:
//! he may miss the first where he has looked already, and find the second where he looks next. The two senders have to
//! read an epoch that is over, which no interleaving alone comes to; so it is one scenario for loom, with as few steps as can
//! be.

use crate::explore::{self, Clock, Limit, ScenarioEnd};
use crate::scenario::{Scenario, alphabet};
use crate::subject::Subject;
use raceproof::explore::Mutation;
use raceproof::explore::engine::supervise;
use raceproof::guarded;
use raceproof::sync::Arc;
use std::time::Duration;

#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct Sum {
    value: u64,
}

#[guarded]
impl Sum {
    #[commutes]
    pub fn add(&mut self, #[arg(1..3u64)] amount: u64) {
        self.value += amount;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// Whether what was asked for is a sum that there was. The second sender has a ring already when the owner begins to look:
/// that of the first comes into being with its call.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Asked {}

#[guarded]
impl Asked {
    pub fn in_a_moment(&self) -> bool {
        let sum = Arc::new(Sum::default());
        sum.add(1);
        let asked = Arc::clone(&sum);
        let asker = raceproof::thread::spawn(move || asked.get());
        let first = Arc::clone(&sum);
        let _ = raceproof::thread::spawn(move || first.add(2)).join();
        sum.add(4);
        let seen = asker.join().unwrap_or(u64::MAX);
        [0, 1, 3, 7].contains(&seen)
    }
}

/// One call, explored to a bound of one preemption, where the mistake shows, and to at most so many executions.
fn asked(subject: Subject, most: u64) -> (ScenarioEnd, u64) {
    let one = supervise(Duration::from_secs(60), move || {
        let call = alphabet(&subject).into_iter().next().expect("it has a method");
        let scenario = Scenario { prefix: vec![], threads: vec![vec![call]], suffix: vec![] };
        let explored = explore::loom(&subject, &scenario, Clock::ProgramOrder, Some(1), Limit::executions(most));
        let executions = explored.executions;
        (explored.end, executions)
    });
    one.unwrap_or_else(|stuck| panic!("{stuck:?}"))
}

#[test]
fn a_reply_after_one_look_at_each_ring_is_found_and_the_cut_is_not() {
    let subject = crate::subject!(Asked);
    let (end, executions) = asked(subject.mutant(Mutation::RingsEmptiedOnce), 60_000);
    assert!(matches!(end, ScenarioEnd::Violation(_)), "{end:?} after {executions}");
    // The original takes more than that to the end: it is explored for as long.
    let (end, executions) = asked(subject, executions);
    assert!(matches!(end, ScenarioEnd::Exhausted | ScenarioEnd::Cut), "{end:?} after {executions}");
}
