//! Larger scenarios, drawn at random, under a rotation of policies.

use super::{Done, Task, investigate};
use crate::explore::{self, Limit, ScenarioEnd};
use crate::scenario::Draw;
use crate::shrink::{Finder, policies};
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;

/// Scenarios that are explored whatever the time.
pub(super) const FLOOR: u64 = 20;
/// Schedules of each.
const SCHEDULES: u64 = 60;

pub(super) fn rung(task: &Task) -> Done {
    let mut scenarios = Draw::new(&task.subject, &task.options, task.seed);
    let mut done = Done::new(format!("{SCHEDULES} schedules a scenario"));
    let mut undecided = 0;
    while done.scenarios < FLOOR || !task.late() {
        if task.far_too_late() && done.scenarios < FLOOR {
            done.verdict = task.floor_missed(&format!("{} of {FLOOR} scenarios", done.scenarios));
            return done;
        }
        let scenario = scenarios.scenario();
        let seed = task.seed.wrapping_add(done.scenarios);
        let policies = policies(seed);
        let policy = &policies[(done.scenarios % policies.len() as u64) as usize];
        let explored = explore::shuttle(&task.subject, &scenario, policy, Limit::executions(SCHEDULES));
        done.count(&explored);
        match explored.end {
            ScenarioEnd::Exhausted | ScenarioEnd::Cut => {}
            ScenarioEnd::Undecided => undecided += 1,
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let finding = investigate(task, scenario, Finder::Shuttle(seed), explored);
                done.verdict = Verdict::Violation(Box::new(finding));
                return done;
            }
        }
        done.scenarios += 1;
        explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
    }
    done.verdict = verdict(&done, undecided, "chosen schedules of random scenarios");
    done
}

/// A rung that samples can give no more than a bound.
pub(super) fn verdict(done: &Done, undecided: u64, what: &str) -> Verdict {
    if undecided * 2 > done.scenarios {
        return Verdict::Unknown(format!(
            "the checker gave up on {undecided} of {} scenarios: too many orders to try",
            done.scenarios
        ));
    }
    let gaps = if undecided > 0 { format!(", {undecided} of them undecided") } else { String::new() };
    Verdict::Bounded(format!("{what}{gaps}"))
}
