//! Larger scenarios, drawn at random, under a rotation of policies.

use super::{Done, Task, investigate};
use crate::explore::{self, Explored, Limit, ScenarioEnd};
use crate::scenario::{Draw, Scenario};
use crate::shrink::{Finder, policies};
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;

/// Scenarios that are explored whatever the time.
pub(super) const FLOOR: u64 = 20;
/// Scenarios that may wait by right and are passed over, at most, where that cannot be allowed.
const MOST_PASSED_OVER: u64 = 200;
/// Schedules of each.
const SCHEDULES: u64 = 60;
/// Schedules of each that are looked at event by event.
const OBSERVED: u64 = 4;

pub(super) fn rung(task: &Task) -> Done {
    let sampling = Sampling {
        floor: FLOOR,
        seed: task.seed,
        bounds: format!("{SCHEDULES} schedules a scenario"),
        what: "chosen schedules of random scenarios",
    };
    sampling.run(task, |scenario, number| {
        let seed = task.seed.wrapping_add(number);
        let policies = policies(seed);
        let policy = &policies[(number % policies.len() as u64) as usize];
        let mut warnings = Vec::new();
        if number < FLOOR {
            // What shows in the events alone shows in the first few scenarios too.
            let explored = explore::shuttle_observed(&task.subject, scenario, policy, Limit::executions(OBSERVED));
            if !matches!(explored.end, ScenarioEnd::Cut) {
                return Sample::Explored(explored, Finder::Shuttle(seed));
            }
            warnings = explored.warnings;
        }
        let mut explored = explore::shuttle(&task.subject, scenario, policy, Limit::executions(SCHEDULES));
        explored.warnings.extend(warnings);
        Sample::Explored(explored, Finder::Shuttle(seed))
    })
}

/// A rung that samples random scenarios: it can give no more than a bound.
pub(super) struct Sampling {
    /// Scenarios that are explored whatever the time.
    pub(super) floor: u64,
    /// Where the scenarios start.
    pub(super) seed: u64,
    pub(super) bounds: String,
    /// What a verdict of this rung speaks of.
    pub(super) what: &'static str,
}

/// One scenario's turn.
pub(super) enum Sample {
    Explored(Explored, Finder),
    /// Every thread may wait in it by right, and nobody could end that: another one, please.
    PassedOver,
    /// This type cannot be judged here, and why.
    NotJudged(&'static str),
}

impl Sampling {
    pub(super) fn run(self, task: &Task, explore: impl Fn(&Scenario, u64) -> Sample) -> Done {
        let mut scenarios = Draw::new(&task.subject, &task.options, self.seed);
        let mut done = Done::new(self.bounds);
        let (mut undecided, mut waits, mut passed_over) = (0, 0, 0);
        while done.scenarios < self.floor || !task.late() {
            if task.far_too_late() && done.scenarios < self.floor {
                done.verdict = task.floor_missed(&format!("{} of {} scenarios", done.scenarios, self.floor));
                return done;
            }
            let scenario = scenarios.scenario();
            let (explored, finder) = match explore(&scenario, done.scenarios) {
                Sample::Explored(explored, finder) => (explored, finder),
                Sample::PassedOver => {
                    passed_over += 1;
                    if passed_over > MOST_PASSED_OVER {
                        done.verdict = Verdict::Bounded(format!(
                            "{} scenarios; nearly all others may wait in every thread, as the specification says they must",
                            done.scenarios
                        ));
                        return done;
                    }
                    continue;
                }
                Sample::NotJudged(why) => {
                    done.verdict = Verdict::Bounded(why.to_owned());
                    return done;
                }
            };
            done.count(&explored);
            done.met.note(&scenario);
            match explored.end {
                ScenarioEnd::Exhausted | ScenarioEnd::Cut | ScenarioEnd::TooManyThreads => {}
                ScenarioEnd::Waits => waits += 1,
                ScenarioEnd::Undecided => undecided += 1,
                ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                    done.verdict = Verdict::Violation(Box::new(investigate(task, scenario, finder, explored)));
                    return done;
                }
            }
            done.scenarios += 1;
            explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
        }
        done.verdict = if undecided * 2 > done.scenarios {
            Verdict::Unknown(format!(
                "the checker gave up on {undecided} of {} scenarios: too many orders to try",
                done.scenarios
            ))
        } else if waits > 0 {
            let waits = format!("{waits} scenarios wait in every thread, as the specification says they must");
            Verdict::Bounded(format!("{}; {waits}", self.what))
        } else if undecided > 0 {
            Verdict::Bounded(format!("{}, {undecided} of them undecided", self.what))
        } else {
            Verdict::Bounded(self.what.to_owned())
        };
        done
    }
}
