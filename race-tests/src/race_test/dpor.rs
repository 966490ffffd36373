//! Free code under the partial-order-reducing explorer: one execution for each inequivalent interleaving.
//!
//! The one thing to know: where it comes to its end, the results are exactly those that sequential consistency allows, of
//! code that shares through the facade alone. An access to a [`cell`](raceproof::cell) is no place where threads take
//! turns, so a racy program has results that are not tried; but its race is an event of the executions that are, each is
//! looked at, and what is reported then is the race and no set of results. What std's `Arc` counts is nobody's event: who
//! asks for it (`strong_count`, `get_mut`, `try_unwrap`) gets some of the answers, not all.

use super::engines::UNTRIED;
use super::job::{Done, Job};
use super::session::{Ended, Notes, Session};
use super::{Outcome, free};
use crate::dpor::{Dpor, Summary};
use crate::explore::{Limit, cancelled};
use crate::verdict::{Rung, Verdict};
use raceproof::explore::engine::shuttle::{Config, Director, explore_directed};
use raceproof::explore::native::Arc;
use raceproof::explore::world::{self, Failure, FailureKind};
use std::cell::RefCell;
use std::rc::Rc;

/// Executions that are run whatever the time, and at most.
const FLOOR: u64 = 2_000;
const CEILING: u64 = 60_000;
/// What the code under test does, counted in uses of the facade, after which fewer executions are enough.
const FLOOR_OF_WORK: u64 = 400_000;
/// Steps of an execution.
const STEPS: usize = 20_000;

pub(super) fn dpor<T: Outcome>(job: &Job<T>) -> Done<T> {
    let mut done = Done::default();
    let limit = match job.executions {
        Some(executions) => Limit::executions(executions),
        None => Limit::until(job.deadline, FLOOR, CEILING).or_beats(FLOOR_OF_WORK),
    };
    let (ended, notes, summary) = explore(job, limit);
    done.executions = notes.executions;
    if cancelled() {
        return done;
    }
    done.warn(&notes);
    done.bounds = "preemptions unbounded, one execution for each inequivalent interleaving".to_owned();
    let unexpected = job
        .unexpected(&notes.met)
        .next()
        .map(|met| job.finding_of_outcome(Rung::Dpor, met, Some(met.schedule.clone())).0);
    done.collect(Rung::Dpor, notes.met, |met| Some(free::write(&job.path, Rung::Dpor, &met.schedule)));
    if let Some(finding) = unexpected {
        done.violation(finding);
        return done;
    }
    done.verdict = match ended {
        // Two threads that make way for each other for ever need a scheduler that plays along, and is fair.
        Ended::Failed(failed) if failed.failure.kind == FailureKind::StepBound => Verdict::Bounded(format!(
            "in execution {} a thread turned in circles for {STEPS} steps, which shuttle has to judge",
            failed.execution
        )),
        Ended::Failed(failed) => {
            job.fallback(Rung::Dpor, &failed);
            let schedule = (!world::tainted() && !failed.schedule.is_empty()).then(|| failed.schedule.clone());
            done.violation(job.finding_of(Rung::Dpor, &failed, schedule));
            return done;
        }
        Ended::Exhausted if summary.spins => {
            Verdict::Bounded("a thread turns in circles, and not every number of rounds was tried".to_owned())
        }
        Ended::Exhausted if summary.unwinding => {
            Verdict::Bounded("a thread unwinds, and nobody else was let run meanwhile".to_owned())
        }
        Ended::Exhausted if world::take_left_untried() => Verdict::Bounded(UNTRIED.to_owned()),
        Ended::Exhausted if summary.complete => Verdict::Exhausted,
        Ended::Exhausted | Ended::Cut => Verdict::Bounded(format!("cut after {} executions", done.executions)),
    };
    done
}

fn explore<T: Outcome>(job: &Job<T>, limit: Limit) -> (Ended, Notes<T>, Summary) {
    let session = Session::new(&job.body, limit);
    let (body, stuck) = (Arc::clone(&session), Arc::clone(&session));
    let dpor = Rc::new(RefCell::new(Dpor::new(move || stuck.stuck())));
    // Each execution's events are looked at: a race that is not seen would make the set of results a lie.
    let config = Config { observe: true, max_steps: STEPS };
    let director = Rc::clone(&dpor) as Rc<RefCell<dyn Director>>;
    let outcome = explore_directed(&config, director, move || body.execution());
    let summary = dpor.borrow().summary.clone();
    let (mut ended, notes) = session.conclude(outcome, true);
    if let (Ended::Exhausted | Ended::Cut, Some(message)) = (&ended, &summary.nondeterminism) {
        let failure = Failure { kind: FailureKind::Nondeterminism, message: message.clone(), location: None };
        ended = Ended::Failed(super::session::Failed {
            failure,
            execution: notes.executions,
            schedule: Vec::new(),
            trace: Vec::new(),
        });
    }
    (ended, notes, summary)
}
