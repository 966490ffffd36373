//! Every small scenario, exhaustively, with weak memory.
//!
//! Three passes over the same scenarios, one a clock. Without a clock a scenario takes tens of executions, with one
//! hundreds; so all of them are explored without first, and as many as there is time for with one. Before that each of
//! the first few gets a [first look](first_look).

use super::first_look::first_look;
use super::pace::SCHEDULES;
use super::team::{Came, Team};
use super::{Done, Task, investigate, stuck_verdict};
use crate::explore::{self, Clock, Explored, Limit, Progress, ScenarioEnd};
use crate::options::HARD_CAP;
use crate::report::Finding;
use crate::scenario::{Resolved, Scenario, Small};
use crate::shrink::{Finder, Way, policies};
use crate::verdict::Verdict;
use raceproof::explore::world::{self, FailureKind};
use std::ops::ControlFlow;
use std::time::Instant;

/// Executions of one scenario and clock that are run whatever the time, if there are so many.
const EXECUTIONS_FLOOR: u64 = 1_000;
/// Executions of one scenario and clock at most: beyond it a preemption bound takes over.
const EXECUTIONS_CEILING: u64 = 30_000;
/// That bound. A completed bound is no proof.
const BOUND: usize = 2;
/// Executions under sequential consistency in which something may show that loom does not show for certain.
const CONFIRMING: u64 = 2_000;

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
pub(super) struct Tally {
    /// Scenarios explored to the end, by pass.
    done: [u64; PASSES.len()],
    /// Scenarios that a bound cut, in any pass.
    cut: u64,
    undecided: u64,
    /// Scenarios that ended with a finding that may be of loom's making.
    doubts: u64,
    /// Scenarios with an interleaving in which every thread waits by right, or no thread stops: loom goes no further.
    waits: u64,
    spins: u64,
    /// Scenarios in which loom stops a thread that only tries a lock.
    attempts: u64,
    /// Scenarios that need more threads than loom has.
    threads: u64,
    /// Whether the code asked which thread it runs on.
    told_apart: bool,
    /// Scenarios larger than these that were exhausted too.
    larger: u64,
    /// Scenarios with answers that were not all tried.
    untried: u64,
}

pub(super) fn rung(task: &Task) -> Done {
    let mut done = Done::new("preemptions unbounded");
    let mut tally = Tally::default();
    let total = Small::new(&task.subject, &task.options, task.seed).total();
    done.of = Some(total);
    if let Some(verdict) = first_look(task, &mut done) {
        done.verdict = verdict;
        return done;
    }
    let budget = task.deadline.saturating_duration_since(task.began);
    for (number, pass) in PASSES.iter().enumerate() {
        let until = task.began + budget.mul_f64(pass.until);
        let inside = task.clone();
        let team = Team::new(&task.options, scenarios(task, pass.floor, until), move |scenario| {
            explore_one(&inside, scenario, pass.clock, until)
        })
        .under_loom();
        let settled = team.run(|scenario, came| {
            let explored = match came {
                Came::Stuck(stuck, progress) => {
                    return ControlFlow::Break(Some(stuck_verdict(task, stuck, &progress)));
                }
                Came::Done { result, told_apart, tainted } => {
                    tally.told_apart |= told_apart;
                    tally.judge(task, scenario, pass.clock, result, tainted, &mut done)
                }
            };
            if let Some(verdict) = explored {
                return ControlFlow::Break(Some(verdict));
            }
            tally.done[number] += 1;
            if number == 0 {
                done.scenarios += 1;
                explore::progress(Progress::explored);
            }
            if pass.clock == Clock::Unobserved && done.weak.is_some() {
                return ControlFlow::Break(None);
            }
            ControlFlow::Continue(())
        });
        if let Some(Some(verdict)) = settled {
            done.verdict = verdict;
            return done;
        }
        let floor = pass.floor.min(total);
        if tally.done[number] < floor {
            done.verdict = task.floor_missed(&format!("{} of {floor} scenarios", tally.done[number]));
            return done;
        }
    }
    let [ordered, timed, _] = tally.done;
    if ordered == total && timed == total {
        // What these leave out is no news: there are always larger ones.
        if let Some(verdict) = larger(task, &mut tally, &mut done) {
            done.verdict = verdict;
            return done;
        }
    }
    conclude(&mut done, &tally, total);
    done
}

/// The next larger scenarios, as many as there is time for.
fn larger(task: &Task, tally: &mut Tally, done: &mut Done) -> Option<Verdict> {
    let (inside, deadline) = (task.clone(), task.deadline);
    let scenarios =
        Small::larger(&task.subject, &task.options, task.seed).take_while(move |_| Instant::now() < deadline);
    let clock = Clock::ProgramOrder;
    let team = Team::new(&task.options, scenarios, move |scenario| explore_one(&inside, scenario, clock, deadline))
        .under_loom();
    team.run(|scenario, came| {
        let mut apart = Tally::default();
        let verdict = match came {
            Came::Stuck(stuck, progress) => Some(stuck_verdict(task, stuck, &progress)),
            Came::Done { result, tainted, .. } => {
                let exhausted = result.tries.first().is_some_and(|(_, explored)| explored.says_all());
                let verdict = apart.judge(task, scenario, clock, result, tainted, done);
                tally.larger += u64::from(exhausted && verdict.is_none());
                verdict
            }
        };
        verdict.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    })
}

/// The small scenarios: so many whatever the time, and those for which there is time.
fn scenarios(task: &Task, floor: u64, until: Instant) -> impl Iterator<Item = Scenario> + Send + 'static {
    let (small, began) = (Small::new(&task.subject, &task.options, task.seed), task.began);
    let in_time = move |number: u64| {
        if number < floor { began.elapsed() < HARD_CAP } else { Instant::now() < until }
    };
    (0..).zip(small).take_while(move |(number, _)| in_time(*number)).map(|(_, scenario)| scenario)
}

/// What exploring one scenario with one clock came to: unbounded, and then within the bound if that was cut.
pub(super) struct Tried {
    tries: Vec<(Option<usize>, Explored)>,
    /// The calls: the histories have the numbers of their results.
    _calls: Resolved,
}

impl Tried {
    /// What so many executions without a bound and without a clock came to.
    pub(super) fn briefly(task: &Task, scenario: &Scenario, executions: u64) -> Self {
        let calls = scenario.resolve(&task.subject);
        let limit = Limit::executions(executions);
        let explored = explore::loom(&task.subject, scenario, Clock::ProgramOrder, None, limit);
        Self { tries: vec![(None, explored)], _calls: calls }
    }
}

fn explore_one(task: &Task, scenario: &Scenario, clock: Clock, until: Instant) -> Tried {
    let limit = Limit::until(until, EXECUTIONS_FLOOR, EXECUTIONS_CEILING);
    let mut tried = Tried { tries: Vec::new(), _calls: scenario.resolve(&task.subject) };
    for bound in [None, Some(BOUND)] {
        let explored = explore::loom(&task.subject, scenario, clock, bound, limit);
        // Too many, or too late: the next round is bounded, and there is none after it.
        let cut = matches!(explored.end, ScenarioEnd::Cut) && !world::tainted();
        tried.tries.push((bound, explored));
        if !cut {
            break;
        }
    }
    tried
}

impl Tally {
    /// Whether loom has shown what only another engine can be sure of.
    pub(super) fn in_doubt(&self) -> bool {
        self.spins + self.attempts + self.doubts > 0
    }

    /// Counts what came of one scenario. Returns the rung's verdict if that is settled now. `tainted`: the OS thread that
    /// explored it is of no more use, and so this one would be.
    pub(super) fn judge(
        &mut self,
        task: &Task,
        scenario: &Scenario,
        clock: Clock,
        tried: Tried,
        tainted: bool,
        done: &mut Done,
    ) -> Option<Verdict> {
        for (bound, explored) in tried.tries {
            done.count(&explored);
            self.untried += u64::from(explored.untried);
            let finder = Finder::Loom(clock, bound);
            match explored.end {
                ScenarioEnd::Exhausted | ScenarioEnd::Cut => self.cut += u64::from(bound.is_some()),
                ScenarioEnd::Undecided => self.undecided += 1,
                ScenarioEnd::Waits => self.waits += 1,
                ScenarioEnd::TooManyThreads => self.threads += 1,
                // loom may show a spinning thread the same old value for ever, which no machine does. shuttle is fair, and
                // calls a loop without end by its name. It is asked once here; its own rung asks it of many more.
                ScenarioEnd::Failed(failure, _) if failure.kind == FailureKind::StepBound => {
                    self.spins += 1;
                    if self.spins == 1
                        && !tainted
                        && let Some(finding) = without_end(task, scenario, done)
                    {
                        return Some(Verdict::Violation(Box::new(finding)));
                    }
                }
                ScenarioEnd::Violation(_) if clock == Clock::Unobserved => {
                    done.weak = Some(Box::new(investigate(task, scenario.clone(), finder, explored, tainted)));
                }
                ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                    let way = Way::of(&explored.end).unwrap_or(Way::Violation);
                    let finding = investigate(task, scenario.clone(), finder, explored, tainted);
                    if finding.is_stuck_in_an_attempt() {
                        self.attempts += 1;
                        continue;
                    }
                    if (finding.rests_on_weak_seq_cst() || finding.is_impossible())
                        && !seen_by_shuttle(task, &finding, way)
                    {
                        // loom takes SeqCst loads and stores for less than they are, and lets stores come into the middle of
                        // read-modify-writes: this may be nothing but that. It has also kept loom from going on here.
                        if !tainted && let Some(finding) = beside(task, scenario, done) {
                            return Some(Verdict::Violation(Box::new(finding)));
                        }
                        done.weak = Some(Box::new(finding.inconclusive()));
                        self.cut += 1;
                        self.doubts += 1;
                        continue;
                    }
                    return Some(Verdict::Violation(Box::new(finding)));
                }
            }
        }
        None
    }
}

/// Whether an engine that takes SeqCst at its word shows the same failure.
fn seen_by_shuttle(task: &Task, finding: &Finding, way: Way) -> bool {
    Finder::Shuttle(task.seed).find(&task.subject, &finding.scenario, way).is_some()
}

/// What fails in this scenario under sequential consistency, whatever it was that loom has shown.
fn beside(task: &Task, scenario: &Scenario, done: &mut Done) -> Option<Finding> {
    if world::tainted() {
        return None;
    }
    let (explored, _) = explore::reduced(&task.subject, scenario, Limit::executions(CONFIRMING));
    done.count(&explored);
    // A loop without end is for a fair scheduler to find.
    let failed = Way::of(&explored.end).is_some_and(|way| way != Way::Failure(FailureKind::StepBound));
    failed.then(|| investigate(task, scenario.clone(), Finder::Dpor, explored, world::tainted()))
}

/// Whether shuttle too sees no end of this scenario.
fn without_end(task: &Task, scenario: &Scenario, done: &mut Done) -> Option<Finding> {
    let policy = &policies(task.seed)[0];
    let explored = explore::shuttle(&task.subject, scenario, policy, Limit::executions(SCHEDULES));
    done.count(&explored);
    let endless = Way::of(&explored.end) == Some(Way::Failure(FailureKind::StepBound));
    endless.then(|| investigate(task, scenario.clone(), Finder::Shuttle(task.seed), explored, world::tainted()))
}

fn conclude(done: &mut Done, tally: &Tally, total: u64) {
    let [ordered, timed, _] = tally.done;
    done.bounds = format!(
        "preemptions unbounded; {ordered} of {total} scenarios in program order, {timed} with real-time order; \
         {cut} cut at {EXECUTIONS_CEILING} executions and then at preemption bound {BOUND}",
        cut = tally.cut
    );
    if tally.larger > 0 {
        done.bounds += &format!("; {} larger ones to the end, in program order", tally.larger);
    }
    let apart = [
        (tally.waits, "wait in every thread, as the specification says they must"),
        (tally.spins, "spin without end under loom, which shuttle has to judge"),
        (tally.attempts, "try a lock where loom would stop the thread, which shuttle has to judge"),
        (tally.threads, "need more threads than loom has"),
        (tally.untried, "ask whether a thread has finished, and not every moment of that was tried"),
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
    } else if tally.told_apart {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Explorer, Rung, subject};
    use raceproof::guarded;

    #[guarded(tests = off)]
    #[derive(Default)]
    struct Ones {
        value: u64,
    }

    #[guarded]
    impl Ones {
        pub fn increment(&mut self) -> u64 {
            self.value += 1;
            self.value
        }
    }

    // One method and two threads: five small scenarios and three larger ones, which come to their end long before the time
    // does.
    #[test]
    fn where_there_is_time_larger_ones_follow() {
        let explore =
            |budget| Explorer::new(subject!(Ones)).threads(2).budget(budget).rungs(&[Rung::Loom]).run().rungs.remove(0);
        let (short, long) = (explore(0.0), explore(3_600.0));
        assert!(matches!(long.verdict, Verdict::Exhausted), "{long}");
        assert!(long.bounds.contains("3 larger ones to the end"), "{}", long.bounds);
        assert_eq!((short.scenarios, long.scenarios), (5, 5));
        assert!(!short.bounds.contains("larger"), "{}", short.bounds);
    }
}
