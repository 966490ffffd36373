//! One scenario under one engine: it explores, and asks the judge after each execution whether to go on.

use super::judge::{Explored, Judge};
use super::{Clock, Limit, Run};
use crate::scenario::Scenario;
use crate::subject::Subject;
use crate::token::Engine;
use raceproof::explore::engine::{self, End, Flow, loom as loom_engine, shuttle as shuttle_engine};
use raceproof::explore::late::NEEDS_RESTART;
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::world::{self, Failure, FailureKind};

/// Explores a scenario with loom.
pub(crate) fn loom(
    subject: &Subject,
    scenario: &Scenario,
    clock: Clock,
    bound: Option<usize>,
    limit: Limit,
) -> Explored {
    // What a scenario comes to must not depend on those that this OS thread explored before.
    loom_engine::prepare_for_timed_waits(false);
    let explore = || {
        let judge = Judge::new(subject, scenario, Engine::Loom(clock), limit);
        let body = Arc::clone(&judge);
        let config = loom_engine::Config { preemption_bound: bound, observe: false, path: None };
        judge.conclude(mutation::within(subject.mistake(), || loom_engine::explore(&config, move || body.execution())))
    };
    again(explore, Explored::failure)
}

/// Explores from the start again if the failure says that this may help.
///
/// There may have been too few blank words for the atomic objects of an execution: there are twice as many now. Or the code
/// went another way where the engine took a path again. What depends on chance all the time does so each time; but code that
/// compares addresses sees whether the allocator hands out the same place twice, which only now and then changes in the midst
/// of an exploration. One that comes to its end has seen the same program throughout.
pub(crate) fn again<E>(mut explore: impl FnMut() -> E, failure: impl Fn(&E) -> Option<&Failure>) -> E {
    /// Each time there are twice as many words: more than this is no want of them.
    const FOR_WORDS: u32 = 16;
    const FOR_CHANCE: u32 = 3;
    let (mut words, mut chance) = (0, 0);
    loop {
        let explored = explore();
        let (count, most) = match failure(&explored) {
            Some(failure) if failure.kind == FailureKind::Nondeterminism => (&mut chance, FOR_CHANCE),
            Some(failure) if failure.kind == FailureKind::Refused && failure.message.starts_with(NEEDS_RESTART) => {
                (&mut words, FOR_WORDS)
            }
            _ => return explored,
        };
        *count += 1;
        // Where an OS thread is stuck in a panic, nothing can be explored any more.
        if *count > most || world::tainted() {
            return explored;
        }
    }
}

/// Finds the path of the `number`th execution of an exploration that [`loom`] made; `timed` is what that says.
pub(crate) fn loom_path(
    subject: &Subject,
    scenario: &Scenario,
    clock: Clock,
    bound: Option<usize>,
    number: u64,
    timed: bool,
) -> Option<loom_engine::Path> {
    loom_engine::prepare_for_timed_waits(timed);
    let run = Run::new(subject.clone(), scenario, clock);
    let config = loom_engine::Config { preemption_bound: bound, observe: false, path: None };
    mutation::within(subject.mistake(), || {
        loom_engine::path_of(&config, number, move || {
            run.execute();
            Flow::Continue
        })
    })
}

/// Takes one path, with a trace.
pub(crate) fn loom_replay(subject: &Subject, scenario: &Scenario, clock: Clock, path: loom_engine::Path) -> Explored {
    let explore = || {
        let judge = Judge::new(subject, scenario, Engine::Loom(clock), Limit::executions(1));
        let body = Arc::clone(&judge);
        let config = loom_engine::Config { preemption_bound: None, observe: true, path: Some(path.clone()) };
        judge.conclude(mutation::within(subject.mistake(), || loom_engine::explore(&config, move || body.execution())))
    };
    again(explore, Explored::failure)
}

/// Explores a scenario with shuttle.
pub(crate) fn shuttle(
    subject: &Subject,
    scenario: &Scenario,
    policy: &shuttle_engine::Policy,
    limit: Limit,
) -> Explored {
    shuttled(subject, scenario, policy, limit, false)
}

/// The same, and looks at every execution's events: for races on cells, and for lock orders that may deadlock.
pub(crate) fn shuttle_observed(
    subject: &Subject,
    scenario: &Scenario,
    policy: &shuttle_engine::Policy,
    limit: Limit,
) -> Explored {
    shuttled(subject, scenario, policy, limit, true)
}

/// Runs one schedule, with a trace. Where it cannot be followed to the letter, says so.
pub(crate) fn shuttle_replay(
    subject: &Subject,
    scenario: &Scenario,
    schedule: Vec<u16>,
    observe: bool,
) -> (Explored, bool) {
    let policy = shuttle_engine::Policy::Replay(schedule);
    let explored = shuttled(subject, scenario, &policy, Limit::executions(1), observe);
    (explored, !shuttle_engine::diverged())
}

fn shuttled(
    subject: &Subject,
    scenario: &Scenario,
    policy: &shuttle_engine::Policy,
    limit: Limit,
    observe: bool,
) -> Explored {
    let judge = Judge::new(subject, scenario, Engine::Shuttle, limit);
    let body = Arc::clone(&judge);
    let config = shuttle_engine::Config { observe, ..shuttle_engine::Config::default() };
    judge.conclude(mutation::within(subject.mistake(), || {
        shuttle_engine::explore(&config, policy, move || body.execution())
    }))
}

/// Runs a scenario on real threads, again and again.
pub(crate) fn threads(subject: &Subject, scenario: &Scenario, limit: Limit) -> Explored {
    let judge = Judge::new(subject, scenario, Engine::Threads, limit);
    let run = || {
        let mut executions = 0;
        loop {
            executions += 1;
            world::beat();
            if judge.execution() == Flow::Stop {
                return executions;
            }
        }
    };
    let executions = mutation::within(subject.mistake(), || world::quietly(run));
    judge.conclude(engine::Outcome { executions, end: End::Stopped, trace: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(failing: u32, kind: FailureKind, message: &str) -> (u32, bool) {
        let mut tries = 0;
        let failure = Failure { kind, message: message.to_owned(), location: None };
        let explore = || {
            tries += 1;
            (tries <= failing).then(|| failure.clone())
        };
        let ended = again(explore, Option::as_ref);
        (tries, ended.is_none())
    }

    #[test]
    fn what_may_come_to_more_is_begun_again_and_what_may_not_is_told() {
        assert_eq!(tries(0, FailureKind::Nondeterminism, "chance"), (1, true));
        assert_eq!(tries(3, FailureKind::Nondeterminism, "chance"), (4, true));
        assert_eq!(tries(9, FailureKind::Nondeterminism, "chance"), (4, false));
        assert_eq!(tries(9, FailureKind::Refused, NEEDS_RESTART), (10, true));
        assert_eq!(tries(1, FailureKind::Refused, "a refusal"), (1, false));
        assert_eq!(tries(1, FailureKind::Deadlock, "every thread waits"), (1, false));
    }
}
