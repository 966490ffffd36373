//! Every small scenario, exhaustively, with weak memory.

use super::{Done, Task, investigate};
use crate::explore::{self, Clock, Limit, ScenarioEnd};
use crate::scenario::{Scenario, Small};
use crate::shrink::Finder;
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;

/// Scenarios that are explored whatever the time.
pub(super) const FLOOR: u64 = 24;
/// Executions of one scenario and clock that are run whatever the time, if there are so many.
const EXECUTIONS_FLOOR: u64 = 1_000;
/// Executions of one scenario and clock at most: beyond it a preemption bound takes over.
const EXECUTIONS_CEILING: u64 = 30_000;
/// That bound. A completed bound is no proof.
const BOUND: usize = 2;

pub(super) fn rung(task: &Task) -> Done {
    let scenarios = Small::new(&task.subject, &task.options);
    let mut done = Done::new("preemptions unbounded");
    let total = scenarios.total();
    done.of = Some(total);
    let mut cut = 0;
    let mut undecided = 0;
    for scenario in scenarios {
        if done.scenarios >= FLOOR && task.late() {
            break;
        }
        if task.far_too_late() {
            done.verdict = task.floor_missed(&format!("{} of {} scenarios", done.scenarios, FLOOR.min(total)));
            return done;
        }
        match every_clock(task, &scenario, &mut done) {
            Outcome::Exhausted => {}
            Outcome::Cut => cut += 1,
            Outcome::Undecided => undecided += 1,
            Outcome::Found(verdict) => {
                done.verdict = verdict;
                return done;
            }
        }
        done.scenarios += 1;
        explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
    }
    done.verdict = if undecided > 0 {
        Verdict::Unknown(format!("the checker gave up on {undecided} scenarios: too many orders to try"))
    } else if cut > 0 {
        done.bounds = format!("at most {EXECUTIONS_CEILING} executions, then preemption bound {BOUND}, in {cut} scenarios");
        Verdict::Bounded(format!("{cut} scenarios were cut at a preemption bound of {BOUND}, or by time"))
    } else if done.scenarios < total {
        Verdict::Bounded(format!("{} of {total} small scenarios", done.scenarios))
    } else {
        Verdict::Exhausted
    };
    done
}

enum Outcome {
    Exhausted,
    Cut,
    Undecided,
    Found(Verdict),
}

/// One scenario, with each clock: each hides something that another shows.
fn every_clock(task: &Task, scenario: &Scenario, done: &mut Done) -> Outcome {
    let mut outcome = Outcome::Exhausted;
    for clock in Clock::ALL {
        if clock == Clock::Unobserved && (done.weak.is_some() || task.late()) {
            continue;
        }
        for bound in [None, Some(BOUND)] {
            let limit = Limit { floor: EXECUTIONS_FLOOR, ceiling: EXECUTIONS_CEILING, deadline: Some(task.deadline) };
            let explored = explore::loom(&task.subject, scenario, clock, bound, limit);
            done.count(&explored);
            let finder = Finder::Loom(clock, bound);
            match explored.end {
                ScenarioEnd::Exhausted => break,
                // Too many: the next round is bounded.
                ScenarioEnd::Cut => outcome = Outcome::Cut,
                ScenarioEnd::Undecided => return Outcome::Undecided,
                ScenarioEnd::Violation(_) if clock == Clock::Unobserved => {
                    done.weak = Some(Box::new(investigate(task, scenario.clone(), finder, explored)));
                    break;
                }
                ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                    let finding = investigate(task, scenario.clone(), finder, explored);
                    return Outcome::Found(Verdict::Violation(Box::new(finding)));
                }
            }
        }
    }
    outcome
}
