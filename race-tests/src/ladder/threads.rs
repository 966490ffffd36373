//! Real threads: whatever this machine does.

use super::larger::verdict;
use super::{Done, Task, investigate};
use crate::explore::{self, Limit, ScenarioEnd};
use crate::scenario::Draw;
use crate::shrink::Finder;
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;
use raceproof::explore::world;

const FLOOR: u64 = 10;
const RUNS: u64 = 20;

pub(super) fn rung(task: &Task) -> Done {
    // Other scenarios than shuttle's.
    let mut scenarios = Draw::new(&task.subject, &task.options, task.seed.wrapping_add(1 << 32));
    let mut done = Done::new(format!("{RUNS} runs a scenario"));
    let mut undecided = 0;
    while done.scenarios < FLOOR || !task.late() {
        if task.far_too_late() && done.scenarios < FLOOR {
            done.verdict = task.floor_missed(&format!("{} of {FLOOR} scenarios", done.scenarios));
            return done;
        }
        let scenario = scenarios.scenario();
        let explored = explore::threads(&task.subject, &scenario, Limit::executions(RUNS));
        done.count(&explored);
        match explored.end {
            ScenarioEnd::Exhausted | ScenarioEnd::Cut => {}
            ScenarioEnd::Undecided => undecided += 1,
            ScenarioEnd::Violation(_) if world::copied() => {
                done.verdict = Verdict::Bounded(
                    "a `#[guarded]` static keeps its value from run to run on real threads, so no run could be judged"
                        .to_owned(),
                );
                return done;
            }
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let finding = investigate(task, scenario, Finder::Threads, explored);
                done.verdict = Verdict::Violation(Box::new(finding));
                return done;
            }
        }
        done.scenarios += 1;
        explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
    }
    done.verdict = verdict(&done, undecided, "what this machine happened to do");
    done
}
