//! Does the type publish? Its callers use it as they would a lock: write something, call it; call it, see that the other
//! call came before, read what was written.
//!
//! No history of calls shows whether that is safe, since the memory that is handed over is not the type's. So two threads
//! do just that under loom, with a cell of the kit's: if the second call's result proves that the first came before it, the
//! read must be ordered after the write. An ordering weakened to Relaxed shows here, and nowhere else where the type is
//! one word.

use super::{Done, Task};
use crate::explore::{self, Clock, Evidence};
use crate::report::{Finding, Material};
use crate::scenario::{Call, Scenario, alphabet};
use crate::subject::{Outcome, Subject};
use crate::token::Engine;
use raceproof::cell::UnsafeCell;
use raceproof::explore::engine::{End, Flow, loom as loom_engine};
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::native::atomic::{AtomicU64, Ordering::Relaxed};
use raceproof::explore::world::FailureKind;
use raceproof::thread;

/// Pairs of calls that are tried.
const PAIRS: usize = 48;
/// Executions of each at most.
const EXECUTIONS: u64 = 2_000;

/// What came of it.
pub(super) enum Published {
    /// Two calls between which something is handed over without an order.
    Not(Box<Finding>),
    /// So many pairs of calls hand over what they should.
    InAll(usize),
}

/// Tries pairs of calls of which the second can prove that it came after the first.
pub(super) fn search(task: &Task, done: &mut Done) -> Published {
    let subject = &task.subject;
    let calls = alphabet(subject);
    let mut tried = 0;
    for first in calls.iter().filter(|call| subject.inner.methods[call.method].exclusive) {
        for second in &calls {
            let Some(proof) = proof(subject, first, second) else { continue };
            let again = proof_of_the_second(subject, first, second);
            if tried == PAIRS || task.far_too_late() {
                return Published::InAll(tried);
            }
            tried += 1;
            // loom remembers one access of an object: where a thread loads and then stores, it forgets that another one had
            // loaded before, and never runs that load after the store. On the main thread first one call, then the other.
            for giver_is_main in [false, true] {
                // A thread's first call may make what its later ones find, and hand over more than they do.
                for (calls, proof) in std::iter::once((1, proof)).chain(again.map(|proof| (2, proof))) {
                    if let Some(finding) = hand_over(task, done, (first, calls), second, proof, giver_is_main) {
                        return Published::Not(Box::new(finding));
                    }
                }
            }
        }
    }
    Published::InAll(tried)
}

/// The result of the second call that it has only after the first.
pub(super) fn proof(subject: &Subject, first: &Call, second: &Call) -> Option<Outcome> {
    let (first, second) =
        (subject.operation(first.method, &first.codes), subject.operation(second.method, &second.codes));
    let (alone, _) = subject.specification().apply(&*second);
    let mut state = subject.specification();
    let (before, _) = state.apply(&*first);
    let (after, _) = state.apply(&*second);
    let plain = |outcome: &Outcome| !outcome.panicked() && *outcome != Outcome::BLOCKED;
    ([alone, before, after].iter().all(plain) && alone != after).then_some(after)
}

/// The result of the call that it has only after the other one has been made twice.
fn proof_of_the_second(subject: &Subject, first: &Call, second: &Call) -> Option<Outcome> {
    let (first, second) =
        (subject.operation(first.method, &first.codes), subject.operation(second.method, &second.codes));
    let after = |times: usize| {
        let mut state = subject.specification();
        let all_returned = (0..times).all(|_| !state.apply(&*first).0.panicked());
        let (outcome, _) = state.apply(&*second);
        (all_returned && !outcome.panicked() && outcome != Outcome::BLOCKED).then_some(outcome)
    };
    let (never, once, twice) = (after(0)?, after(1)?, after(2)?);
    (twice != never && twice != once).then_some(twice)
}

/// The first call is made so often, and what is handed over is written before the last of them.
fn hand_over(
    task: &Task,
    done: &mut Done,
    (first, calls): (&Call, usize),
    second: &Call,
    proof: Outcome,
    giver_is_main: bool,
) -> Option<Finding> {
    let scenario =
        Scenario { prefix: vec![], threads: vec![vec![second.clone()], vec![first.clone(); calls]], suffix: vec![] };
    let subject = task.subject.clone();
    let (call, other) =
        (subject.operation(second.method, &second.codes), subject.operation(first.method, &first.codes));
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let body = Arc::new(move || {
        let object = subject.build();
        let handed = Arc::new(Handed(UnsafeCell::new(0_u8)));
        let give = {
            let (object, handed, other) = (Arc::clone(&object), Arc::clone(&handed), Arc::clone(&other));
            move || {
                for _ in 1..calls {
                    other.call(&*object);
                }
                // SAFETY: nobody reads before the call that follows has been seen to have happened; if nothing orders the
                // two, loom stops the execution before anything is touched.
                handed.0.with_mut(|value| unsafe { *value = 1 });
                other.call(&*object);
            }
        };
        let call = Arc::clone(&call);
        let take = move || {
            if call.call(&*object) == proof {
                // SAFETY: as above: the result proves that the other call came first, and the write before it.
                handed.0.with(|value| unsafe { *value });
            }
        };
        let joined = if giver_is_main {
            let taker = thread::spawn(take);
            give();
            taker.join()
        } else {
            let giver = thread::spawn(give);
            take();
            giver.join()
        };
        if let Err(payload) = joined {
            std::panic::resume_unwind(payload);
        }
        if count.fetch_add(1, Relaxed) + 1 < EXECUTIONS { Flow::Continue } else { Flow::Stop }
    });
    let config = loom_engine::Config { preemption_bound: None, observe: false, path: None };
    let explore = || {
        let body = Arc::clone(&body);
        executions.store(0, Relaxed);
        mutation::within(task.subject.mistake(), || loom_engine::explore(&config, move || body()))
    };
    let outcome = explore::again(explore, |outcome| match &outcome.end {
        End::Failed(failure) => Some(failure),
        _ => None,
    });
    done.executions += outcome.executions;
    done.scenarios += 1;
    explore::progress(|progress| progress.ran(outcome.executions));
    let End::Failed(failure) = outcome.end else { return None };
    if failure.kind != FailureKind::DataRace {
        return None;
    }
    let evidence = Evidence { execution: outcome.executions, trace: outcome.trace, ..Evidence::default() };
    let material = Material {
        subject: &task.subject,
        scenario: &scenario,
        engine: Engine::Loom(Clock::ProgramOrder),
        evidence: &evidence,
        schedule: None,
        bound: None,
        replays: true,
    };
    let mut finding = Finding::failure(&failure, &material);
    finding.note("thread B writes to a cell before its last call; thread A reads it after a result that proves that call to have come first");
    Some(finding)
}

/// The cell, shared.
struct Handed(UnsafeCell<u8>);

// SAFETY: one thread writes and the other reads, and whether something orders the two is what loom is asked: it stops the
// execution before the memory is touched.
unsafe impl Send for Handed {}
// SAFETY: the same.
unsafe impl Sync for Handed {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use raceproof::explore::Mutation;
    use raceproof::explore::engine::supervise;
    use raceproof::guarded;
    use std::time::{Duration, Instant};

    #[guarded(atomic, tests = off)]
    #[derive(Default)]
    struct Flag {
        up: bool,
    }

    #[guarded]
    impl Flag {
        pub fn raise(&mut self) {
            self.up = true;
        }
        pub fn is_up(&self) -> bool {
            self.up
        }
    }

    fn publishes(subject: Subject) -> Published {
        let now = Instant::now();
        let task =
            Task { subject, options: Options::default(), seed: 1, began: now, deadline: now + Duration::from_secs(60) };
        let searched = supervise(Duration::from_secs(10), move || search(&task, &mut Done::new("")));
        searched.unwrap_or_else(|_| panic!("it comes back"))
    }

    #[test]
    fn only_a_flag_that_orders_nothing_hands_over_nothing() {
        let flag = crate::subject!(Flag);
        let Published::InAll(pairs) = publishes(flag.clone()) else { panic!("the flag publishes") };
        assert!(pairs > 0);
        let Published::Not(finding) = publishes(flag.mutant(Mutation::OrderingsRelaxed)) else { panic!("it does not") };
        assert_eq!(finding.kind, crate::Kind::DataRace);
    }
}
