//! Real threads: whatever this machine does.

use super::larger::{Sample, Sampling};
use super::{Done, Task};
use crate::check;
use crate::explore::{self, Limit, ScenarioEnd};
use crate::shrink::Finder;
use raceproof::explore::world;

const FLOOR: u64 = 10;
const RUNS: u64 = 20;

pub(super) fn rung(task: &Task) -> Done {
    let sampling = Sampling {
        floor: FLOOR,
        // Other scenarios than shuttle's.
        seed: task.seed.wrapping_add(1 << 32),
        bounds: format!("{RUNS} runs a scenario"),
        what: "what this machine happened to do",
    };
    sampling.run(task, |scenario, _| {
        // Nobody could end what waits by right here.
        if check::may_wait(&task.subject, &scenario.resolve(&task.subject)) {
            return Sample::PassedOver;
        }
        let explored = explore::threads(&task.subject, scenario, Limit::executions(RUNS));
        if matches!(explored.end, ScenarioEnd::Violation(_)) && world::copied() {
            return Sample::NotJudged(
                "a `#[guarded]` static keeps its value from run to run on real threads, so no run could be judged",
            );
        }
        Sample::Explored(explored, Finder::Threads)
    })
}
