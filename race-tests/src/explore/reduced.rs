//! One scenario, every class of equivalent executions once: the partial-order-reducing explorer, and its judge.

use super::engines::again;
use super::judge::{Found, Judge};
use super::{Evidence, Explored, Limit, ScenarioEnd, shuttle_replay};
use crate::dpor::{Dpor, Guide, Summary};
use crate::scenario::Scenario;
use crate::subject::Subject;
use crate::token::Engine;
use raceproof::explore::engine::Outcome;
use raceproof::explore::engine::shuttle::{Config, Director, explore_directed};
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::world::{Failure, FailureKind};
use std::cell::RefCell;
use std::rc::Rc;

/// Steps an execution may take: a scenario of forty operations takes some thousands.
const MOST_STEPS: usize = 20_000;

/// Explores a scenario. Where the end is `Exhausted`, the summary says what was left out all the same.
pub(crate) fn reduced(subject: &Subject, scenario: &Scenario, limit: Limit) -> (Explored, Summary) {
    again(|| searched(subject, scenario, limit, None), |(explored, _)| explored.failure())
}

/// The same for the executions with at most so many preemptions: `Exhausted` says that of them.
pub(crate) fn within(subject: &Subject, scenario: &Scenario, limit: Limit, bound: usize) -> (Explored, Summary) {
    again(|| searched(subject, scenario, limit, Some(bound)), |(explored, _)| explored.failure())
}

fn searched(subject: &Subject, scenario: &Scenario, limit: Limit, bound: Option<usize>) -> (Explored, Summary) {
    let judge = Judge::judging(subject, scenario, Engine::Shuttle, limit, true);
    let stuck = Arc::clone(&judge);
    let waiting = move || stuck.stuck();
    let dpor = match bound {
        None => Dpor::new(waiting),
        Some(bound) => Dpor::within(bound, waiting),
    };
    let dpor = Rc::new(RefCell::new(dpor));
    let outcome = directed(subject, &judge, Rc::clone(&dpor) as Rc<RefCell<dyn Director>>);
    let executions = outcome.executions;
    let mut summary = dpor.borrow().summary.clone();
    let (witness, untold) = {
        let mut state = judge.state.lock().unwrap_or_else(|e| e.into_inner());
        (state.witness.take(), state.untold)
    };
    summary.untold = untold;
    let mut explored = judge.conclude(outcome);
    explored.end = match explored.end {
        ScenarioEnd::Exhausted | ScenarioEnd::Cut if summary.nondeterminism.is_some() => {
            let message = summary.nondeterminism.clone().unwrap_or_default();
            let failure = Failure { kind: FailureKind::Nondeterminism, message, location: None };
            ScenarioEnd::Failed(failure, Box::default())
        }
        ScenarioEnd::Exhausted if !summary.complete => ScenarioEnd::Cut,
        ScenarioEnd::Violation(evidence) => {
            let shown = witness.and_then(|order| shown(subject, scenario, order, dpor.borrow().unlocks()));
            ScenarioEnd::Violation(
                shown.map_or(evidence, |shown| Box::new(Evidence { execution: executions, ..shown })),
            )
        }
        end => end,
    };
    (explored, summary)
}

fn directed(subject: &Subject, judge: &Arc<Judge>, director: Rc<RefCell<dyn Director>>) -> Outcome {
    let config = Config { observe: false, max_steps: MOST_STEPS };
    let body = Arc::clone(judge);
    mutation::within(subject.mistake(), || explore_directed(&config, director, move || body.execution()))
}

/// An execution whose own order shows the violation, so that its schedule alone does: the steps of one that stands for
/// it, in another order.
fn shown(subject: &Subject, scenario: &Scenario, order: Vec<usize>, unlocks: bool) -> Option<Evidence> {
    let judge = Judge::new(subject, scenario, Engine::Shuttle, Limit::executions(1));
    let guide = Rc::new(RefCell::new(Guide::new(order, unlocks)));
    directed(subject, &judge, Rc::clone(&guide) as Rc<RefCell<dyn Director>>);
    let found = judge.state.lock().unwrap_or_else(|e| e.into_inner()).found.take();
    let Some(Found::Violation(evidence)) = found else { return None };
    // The engine on its own takes the same way, or there is nothing to replay.
    let (again, to_the_letter) = shuttle_replay(subject, scenario, evidence.schedule, false);
    match again.end {
        ScenarioEnd::Violation(evidence) if to_the_letter => Some(*evidence),
        _ => None,
    }
}
