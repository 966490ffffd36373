//! Every small scenario, exhaustively, with weak memory.
//!
//! Three passes over the same scenarios, one a clock. Without a clock a scenario takes tens of executions, with one
//! hundreds; so all of them are explored without first, and as many as there is time for with one.

use super::{Done, Task, investigate};
use crate::explore::{self, Clock, Limit, ScenarioEnd};
use crate::report::Finding;
use crate::scenario::{Scenario, Small};
use crate::shrink::{Finder, Way};
use crate::verdict::Verdict;
use raceproof::explore::native::atomic::Ordering::Relaxed;
use raceproof::explore::world::{self, FailureKind};
use std::time::Instant;

/// Executions of one scenario and clock that are run whatever the time, if there are so many.
const EXECUTIONS_FLOOR: u64 = 1_000;
/// Executions of one scenario and clock at most: beyond it a preemption bound takes over.
const EXECUTIONS_CEILING: u64 = 30_000;
/// That bound. A completed bound is no proof.
const BOUND: usize = 2;

/// One pass: the clock, the scenarios that are explored whatever the time, and the part of the rung's budget that is
/// used up when the pass must be over.
struct Pass {
    clock: Clock,
    floor: u64,
    until: f64,
}

const PASSES: [Pass; 3] = [
    Pass { clock: Clock::ProgramOrder, floor: 28, until: 0.6 },
    Pass { clock: Clock::Observed, floor: 14, until: 0.9 },
    Pass { clock: Clock::Unobserved, floor: 0, until: 1.0 },
];

/// What the passes came to.
#[derive(Default)]
struct Tally {
    /// Scenarios explored to the end, by pass.
    done: [u64; PASSES.len()],
    /// Scenarios that a bound cut, in any pass.
    cut: u64,
    undecided: u64,
    /// Scenarios with an interleaving in which every thread waits by right, or no thread stops: loom goes no further.
    waits: u64,
    spins: u64,
    /// Scenarios in which loom stops a thread that only tries a lock.
    attempts: u64,
    /// Scenarios that need more threads than loom has.
    threads: u64,
}

pub(super) fn rung(task: &Task) -> Done {
    let mut done = Done::new("preemptions unbounded");
    let mut tally = Tally::default();
    world::forget_told_apart();
    let total = Small::new(&task.subject, &task.options, task.seed).total();
    done.of = Some(total);
    let budget = task.deadline.saturating_duration_since(task.began);
    for (number, pass) in PASSES.iter().enumerate() {
        let until = task.began + budget.mul_f64(pass.until);
        for scenario in Small::new(&task.subject, &task.options, task.seed) {
            if tally.done[number] >= pass.floor && Instant::now() >= until {
                break;
            }
            if task.far_too_late() && tally.done[number] < pass.floor {
                let floor = pass.floor.min(total);
                done.verdict = task.floor_missed(&format!("{} of {floor} scenarios", tally.done[number]));
                return done;
            }
            if let Some(verdict) = explore_one(task, &scenario, pass, until, &mut done, &mut tally) {
                done.verdict = verdict;
                return done;
            }
            tally.done[number] += 1;
            if number == 0 {
                done.scenarios += 1;
                explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
            }
            if pass.clock == Clock::Unobserved && done.weak.is_some() {
                break;
            }
        }
    }
    conclude(&mut done, &tally, total);
    done
}

/// One scenario with one clock, unbounded if possible. Returns the rung's verdict if that is settled now.
fn explore_one(
    task: &Task,
    scenario: &Scenario,
    pass: &Pass,
    until: Instant,
    done: &mut Done,
    tally: &mut Tally,
) -> Option<Verdict> {
    for bound in [None, Some(BOUND)] {
        let limit = Limit { floor: EXECUTIONS_FLOOR, ceiling: EXECUTIONS_CEILING, deadline: Some(until) };
        let explored = explore::loom(&task.subject, scenario, pass.clock, bound, limit);
        done.count(&explored);
        done.met.note(scenario);
        let finder = Finder::Loom(pass.clock, bound);
        match explored.end {
            ScenarioEnd::Exhausted => {
                tally.cut += u64::from(bound.is_some());
                return None;
            }
            // Too many, or too late: the next round is bounded, and there is none after it.
            ScenarioEnd::Cut => tally.cut += u64::from(bound.is_some()),
            ScenarioEnd::Undecided => {
                tally.undecided += 1;
                return None;
            }
            ScenarioEnd::Waits => {
                tally.waits += 1;
                return None;
            }
            ScenarioEnd::TooManyThreads => {
                tally.threads += 1;
                return None;
            }
            // loom may show a spinning thread the same old value for ever, which no machine does. shuttle is fair, and
            // calls a loop without end by its name.
            ScenarioEnd::Failed(failure, _) if failure.kind == FailureKind::StepBound => {
                tally.spins += 1;
                return None;
            }
            ScenarioEnd::Violation(_) if pass.clock == Clock::Unobserved => {
                done.weak = Some(Box::new(investigate(task, scenario.clone(), finder, explored)));
                return None;
            }
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let way = Way::of(&explored.end).unwrap_or(Way::Violation);
                let finding = investigate(task, scenario.clone(), finder, explored);
                if finding.is_stuck_in_an_attempt() {
                    tally.attempts += 1;
                    return None;
                }
                if (finding.rests_on_weak_seq_cst() || finding.is_impossible()) && !seen_by_shuttle(task, &finding, way)
                {
                    // loom takes SeqCst loads and stores for less than they are, and lets stores come into the middle of
                    // read-modify-writes: this may be nothing but that.
                    done.weak = Some(Box::new(finding.inconclusive()));
                    tally.cut += 1;
                    return None;
                }
                return Some(Verdict::Violation(Box::new(finding)));
            }
        }
    }
    None
}

/// Whether an engine that takes SeqCst at its word shows the same failure.
fn seen_by_shuttle(task: &Task, finding: &Finding, way: Way) -> bool {
    Finder::Shuttle(task.seed).find(&task.subject, &finding.scenario, way).is_some()
}

fn conclude(done: &mut Done, tally: &Tally, total: u64) {
    let [ordered, timed, _] = tally.done;
    done.bounds = format!(
        "preemptions unbounded; {ordered} of {total} scenarios in program order, {timed} with real-time order; \
         {cut} cut at {EXECUTIONS_CEILING} executions and then at preemption bound {BOUND}",
        cut = tally.cut
    );
    let apart = [
        (tally.waits, "wait in every thread, as the specification says they must"),
        (tally.spins, "spin without end under loom, which shuttle has to judge"),
        (tally.attempts, "try a lock where loom would stop the thread, which shuttle has to judge"),
        (tally.threads, "need more threads than loom has"),
    ];
    let apart: Vec<String> =
        apart.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} scenarios {what}")).collect();
    done.verdict = if tally.threads > 0 && tally.threads >= ordered + timed {
        Verdict::Bounded("every scenario needs more threads than loom has; shuttle explores them".to_owned())
    } else if tally.undecided > 0 {
        Verdict::Unknown(format!("the checker gave up on {} scenarios: too many orders to try", tally.undecided))
    } else if tally.cut > 0 {
        Verdict::Bounded(format!("{} scenarios were cut at a preemption bound of {BOUND}, or by time", tally.cut))
    } else if !apart.is_empty() {
        Verdict::Bounded(apart.join("; "))
    } else if world::told_apart() {
        Verdict::Bounded(
            "the code asks which thread it runs on: scenarios with other threads in each place are left to dpor"
                .to_owned(),
        )
    } else if ordered < total || timed < total {
        Verdict::Bounded(format!("{ordered} of {total} small scenarios, {timed} of them with real-time order"))
    } else {
        Verdict::Exhausted
    };
}
