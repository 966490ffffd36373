//! A few executions of each of the first scenarios, before any is gone through to its end.
//!
//! Most bugs show in one of the first executions of a scenario that shows them at all, and most scenarios show nothing. So
//! to go through scenario after scenario spends nearly everything where there is nothing to be found. The very first get
//! more, since that costs little: what shows in no other is not put off. Where there is time, scenarios are looked at that the
//! rung may never come to. What was looked at here is explored again.

use super::small::{Tally, Tried};
use super::team::{Came, Team};
use super::{Done, Task, stuck_verdict};
use crate::explore::Clock;
use crate::options::HARD_CAP;
use crate::scenario::Small;
use crate::verdict::Verdict;
use std::ops::ControlFlow;
use std::time::Instant;

/// Scenarios that are looked at whatever the time, and the part of the rung's budget that goes into more of them.
const SCENARIOS: u64 = 36;
const SHARE: f64 = 0.15;
/// Executions of the first; of each after it so many by its place in the row, and of none fewer than the least.
const EXECUTIONS: u64 = 10;
const LEAST: u64 = 3;

/// Returns the verdict if that is settled now.
pub(super) fn first_look(task: &Task, done: &mut Done) -> Option<Verdict> {
    let (inside, began) = (task.clone(), task.began);
    let until = began + task.deadline.saturating_duration_since(began).mul_f64(SHARE);
    let scenarios =
        (1..).zip(Small::promising(&task.subject, &task.options, task.seed)).take_while(move |(place, _)| {
            if *place <= SCENARIOS { began.elapsed() < HARD_CAP } else { Instant::now() < until }
        });
    let team = Team::new(&task.options, scenarios, move |(place, scenario)| {
        Tried::briefly(&inside, scenario, (EXECUTIONS / place).max(LEAST))
    })
    .under_loom();
    // What is counted of scenarios is counted when they are explored.
    let mut apart = Tally::default();
    let settled = team.run(|(_, scenario), came| {
        let verdict = match came {
            Came::Stuck(stuck, progress) => Some(stuck_verdict(task, stuck, &progress)),
            Came::Done { result, tainted, .. } => {
                apart.judge(task, scenario, Clock::ProgramOrder, result, tainted, done)
            }
        };
        match verdict {
            Some(verdict) => ControlFlow::Break(Some(verdict)),
            // Here one look more is dear: another engine is asked, and what loom has shown is shrunk.
            None if apart.in_doubt() => ControlFlow::Break(None),
            None => ControlFlow::Continue(()),
        }
    });
    if !matches!(settled, Some(Some(_))) {
        // They come again when their scenarios are explored, and are to be counted once.
        done.histories = 0;
    }
    settled.flatten()
}
