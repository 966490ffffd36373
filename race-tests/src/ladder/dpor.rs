//! Every small scenario, exhaustively, under sequential consistency: one execution for each inequivalent interleaving.
//!
//! loom's rung explores the same scenarios with weak memory, and takes ten to a thousand times as many executions. What
//! this rung says, it says of every interleaving; and where there is time left it goes on with larger scenarios.

use super::{Done, Task, investigate};
use crate::dpor::Summary;
use crate::explore::{self, Limit, ScenarioEnd};
use crate::scenario::{Scenario, Small};
use crate::shrink::Finder;
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;
use raceproof::explore::world::{self, FailureKind};
use std::time::Instant;

/// Scenarios that are explored whatever the time.
pub(super) const FLOOR: u64 = 28;
/// Scenarios go on being explored, whatever the time, until they have taken so many executions: where each takes a few,
/// that is all of them.
const EXECUTIONS_IN_ALL: u64 = 4_000;
/// Executions of one scenario that are run whatever the time, if there are so many.
const EXECUTIONS_FLOOR: u64 = 200;
/// Executions of one scenario at most.
const EXECUTIONS_CEILING: u64 = 30_000;

/// What the scenarios came to.
#[derive(Default)]
struct Tally {
    /// Explored to the end, or as far as they go.
    done: u64,
    /// Whether the code asked which thread it runs on, and how many mirror images of scenarios were explored for that.
    told_apart: bool,
    mirrored: u64,
    mirrors: u64,
    /// Of the larger ones.
    larger: u64,
    cut: u64,
    undecided: u64,
    waits: u64,
    spins: u64,
    unwinding: u64,
    untold: u64,
}

pub(super) fn rung(task: &Task) -> Done {
    let mut done = Done::new("");
    let mut tally =
        Tally { mirrors: Small::mirrored(&task.subject, &task.options, task.seed).total(), ..Tally::default() };
    world::forget_told_apart();
    let small = Small::new(&task.subject, &task.options, task.seed);
    let total = small.total();
    done.of = Some(total);
    for scenario in small {
        if tally.done >= FLOOR && done.executions >= EXECUTIONS_IN_ALL && task.late() {
            break;
        }
        if task.far_too_late() {
            if tally.done >= FLOOR {
                break;
            }
            done.verdict = task.floor_missed(&format!("{} of {} scenarios", tally.done, FLOOR.min(total)));
            return done;
        }
        if let Some(verdict) = explore_one(task, &scenario, &mut done, &mut tally) {
            done.verdict = verdict;
            return done;
        }
        tally.done += 1;
        done.scenarios += 1;
        explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
    }
    if world::told_apart() {
        // Scenarios that differ only in which thread is which are alike no more.
        tally.told_apart = true;
        for scenario in Small::mirrored(&task.subject, &task.options, task.seed) {
            if tally.done < total || task.late() {
                break;
            }
            if let Some(verdict) = explore_one(task, &scenario, &mut done, &mut tally) {
                done.verdict = verdict;
                return done;
            }
            tally.mirrored += 1;
        }
    }
    for scenario in Small::larger(&task.subject, &task.options, task.seed) {
        if tally.done < total || task.late() {
            break;
        }
        // What these leave out is no news: there are always larger ones.
        let mut apart = Tally::default();
        if let Some(verdict) = explore_one(task, &scenario, &mut done, &mut apart) {
            done.verdict = verdict;
            return done;
        }
        tally.larger += u64::from(apart.cut == 0);
    }
    conclude(&mut done, &tally, total);
    done
}

fn explore_one(task: &Task, scenario: &Scenario, done: &mut Done, tally: &mut Tally) -> Option<Verdict> {
    let limit = Limit {
        floor: EXECUTIONS_FLOOR,
        ceiling: EXECUTIONS_CEILING,
        deadline: Some(task.deadline.max(Instant::now())),
    };
    let (explored, summary) = explore::reduced(&task.subject, scenario, limit);
    done.count(&explored);
    done.met.note(scenario);
    let Summary { spins, unwinding, untold, .. } = summary;
    tally.spins += u64::from(spins);
    tally.unwinding += u64::from(unwinding);
    tally.untold += u64::from(untold > 0);
    match explored.end {
        ScenarioEnd::Exhausted => {}
        ScenarioEnd::Cut | ScenarioEnd::TooManyThreads => tally.cut += 1,
        ScenarioEnd::Undecided => tally.undecided += 1,
        ScenarioEnd::Waits => tally.waits += 1,
        // Two threads that make way for each other for ever need a scheduler that plays along: shuttle's, which is fair,
        // has to judge it.
        ScenarioEnd::Failed(ref failure, _) if failure.kind == FailureKind::StepBound => {
            tally.spins += u64::from(!spins);
        }
        ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
            let finding = investigate(task, scenario.clone(), Finder::Dpor, explored);
            return Some(Verdict::Violation(Box::new(finding)));
        }
    }
    None
}

fn conclude(done: &mut Done, tally: &Tally, total: u64) {
    done.bounds = format!(
        "preemptions unbounded, one execution for each inequivalent interleaving; {} of {total} small scenarios, {} cut at \
         {EXECUTIONS_CEILING} executions or by time; {} larger ones to the end",
        tally.done, tally.cut, tally.larger
    );
    let apart = [
        (tally.cut, format!("were cut at {EXECUTIONS_CEILING} executions, or by time")),
        (tally.spins, "have a thread that turns in circles, whose rounds were not all tried".to_owned()),
        (tally.unwinding, "have a panic, and nobody else ran while that thread unwound".to_owned()),
        (tally.untold, "can be had in more real-time orders than were looked at".to_owned()),
        (tally.waits, "end where a thread waits for itself, as the plain struct says that it must".to_owned()),
    ];
    let apart: Vec<String> =
        apart.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} scenarios {what}")).collect();
    done.verdict = if tally.undecided > 0 {
        Verdict::Unknown(format!("the checker gave up on {} scenarios: too many orders to try", tally.undecided))
    } else if !apart.is_empty() {
        Verdict::Bounded(apart.join("; "))
    } else if tally.done < total {
        Verdict::Bounded(format!("{} of {total} small scenarios", tally.done))
    } else if tally.told_apart && tally.mirrored < tally.mirrors {
        Verdict::Bounded(format!(
            "the code asks which thread it runs on, and {} of {} scenarios with other threads in each place were explored",
            tally.mirrored, tally.mirrors
        ))
    } else {
        Verdict::Exhausted
    };
}
