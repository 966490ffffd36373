//! Every small scenario, exhaustively, under sequential consistency: one execution for each inequivalent interleaving.
//!
//! loom's rung explores the same scenarios with weak memory, and takes ten to a thousand times as many executions. What
//! this rung says, it says of every interleaving; and where there is time left it goes on with larger scenarios.

use super::team::{Came, Team};
use super::{Done, Task, investigate, stuck_verdict};
use crate::dpor::Summary;
use crate::explore::{self, Explored, Limit, Progress, ScenarioEnd};
use crate::options::HARD_CAP;
use crate::scenario::{Resolved, Scenario, Small};
use crate::shrink::Finder;
use crate::verdict::Verdict;
use raceproof::explore::world::FailureKind;
use std::ops::ControlFlow;
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

/// The most preemptions that are tried where a scenario is cut without a bound.
const MOST_PREEMPTIONS: usize = 8;

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
    /// The preemptions up to which every scenario that was cut has been explored; `None` if one has not even without any.
    within: Option<usize>,
    undecided: u64,
    waits: u64,
    spins: u64,
    unwinding: u64,
    untold: u64,
    untried: u64,
}

pub(super) fn rung(task: &Task) -> Done {
    let mut done = Done::new("");
    let mut tally =
        Tally { mirrors: Small::mirrored(&task.subject, &task.options, task.seed).total(), ..Tally::default() };
    let total = Small::new(&task.subject, &task.options, task.seed).total();
    done.of = Some(total);
    let verdict = explore_all(task, in_time(task), |scenario, tried| {
        // Asked here and not where scenarios are handed out: how many it takes depends on what came of those before.
        if tally.done >= FLOOR && done.executions >= EXECUTIONS_IN_ALL && task.late() {
            return Some(None);
        }
        let verdict = tally.judge(task, scenario, tried, &mut done);
        if verdict.is_none() {
            tally.done += 1;
            done.scenarios += 1;
            explore::progress(Progress::explored);
        }
        verdict.map(Some)
    });
    if let Some(Some(verdict)) = verdict {
        done.verdict = verdict;
        return done;
    }
    if tally.done < FLOOR.min(total) {
        done.verdict = task.floor_missed(&format!("{} of {} scenarios", tally.done, FLOOR.min(total)));
        return done;
    }
    let deadline = task.deadline;
    let there_is_time = move |_: &Scenario| Instant::now() < deadline;
    if tally.told_apart && tally.done == total {
        // Scenarios that differ only in which thread is which are alike no more.
        let mirrored = Small::mirrored(&task.subject, &task.options, task.seed).take_while(there_is_time);
        let verdict = explore_all(task, mirrored, |scenario, tried| {
            let verdict = tally.judge(task, scenario, tried, &mut done);
            tally.mirrored += u64::from(verdict.is_none());
            verdict.map(Some)
        });
        if let Some(Some(verdict)) = verdict {
            done.verdict = verdict;
            return done;
        }
    }
    if tally.done == total {
        let larger = Small::larger(&task.subject, &task.options, task.seed).take_while(there_is_time);
        let verdict = explore_all(task, larger, |scenario, tried| {
            // What these leave out is no news: there are always larger ones.
            let mut apart = Tally::default();
            let verdict = apart.judge(task, scenario, tried, &mut done);
            tally.larger += u64::from(verdict.is_none() && apart.cut == 0);
            verdict.map(Some)
        });
        if let Some(Some(verdict)) = verdict {
            done.verdict = verdict;
            return done;
        }
    }
    conclude(&mut done, &tally, total);
    done
}

/// The small scenarios, as long as even a floor would be waited for.
fn in_time(task: &Task) -> impl Iterator<Item = Scenario> + Send + 'static {
    let began = task.began;
    Small::new(&task.subject, &task.options, task.seed).take_while(move |_| began.elapsed() < HARD_CAP)
}

/// What exploring one scenario came to.
struct Tried {
    explored: Explored,
    summary: Summary,
    /// If that was cut: within bounds of 0, 1, 2... preemptions, as far as it went.
    bounded: Vec<(Explored, Summary)>,
    told_apart: bool,
    tainted: bool,
    /// The calls: the histories have the numbers of their results.
    _calls: Resolved,
}

/// Explores scenarios, and judges them in their order until that is settled: by a verdict, or because they are enough.
fn explore_all(
    task: &Task,
    scenarios: impl Iterator<Item = Scenario> + Send + 'static,
    mut judge: impl FnMut(&Scenario, Tried) -> Option<Option<Verdict>>,
) -> Option<Option<Verdict>> {
    let inside = task.clone();
    let team = Team::new(&task.options, scenarios, move |scenario| {
        let limit = Limit::until(inside.deadline.max(Instant::now()), EXECUTIONS_FLOOR, EXECUTIONS_CEILING);
        let calls = scenario.resolve(&inside.subject);
        let (explored, summary) = explore::reduced(&inside.subject, scenario, limit);
        let cut = matches!(explored.end, ScenarioEnd::Cut) && !explore::cancelled();
        let bounded = if cut { within_bounds(&inside, scenario, limit) } else { Vec::new() };
        (explored, summary, bounded, calls)
    });
    team.run(|scenario, came| {
        let verdict = match came {
            Came::Stuck(stuck, progress) => Some(Some(stuck_verdict(task, stuck, &progress))),
            Came::Done { result: (explored, summary, bounded, _calls), told_apart, tainted } => {
                judge(scenario, Tried { explored, summary, bounded, told_apart, tainted, _calls })
            }
        };
        verdict.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    })
}

/// Explores a scenario with more and more preemptions, for as many executions in all as there may be of one scenario.
fn within_bounds(task: &Task, scenario: &Scenario, mut limit: Limit) -> Vec<(Explored, Summary)> {
    let mut bounded = Vec::new();
    for bound in 0..=MOST_PREEMPTIONS {
        let (explored, summary) = explore::within(&task.subject, scenario, limit, bound);
        limit.floor = limit.floor.saturating_sub(explored.executions);
        limit.ceiling = limit.ceiling.saturating_sub(explored.executions);
        let completed = matches!(explored.end, ScenarioEnd::Exhausted) && summary.preempted && limit.ceiling > 0;
        bounded.push((explored, summary));
        if !completed {
            break;
        }
    }
    bounded
}

impl Tally {
    /// Counts what came of one scenario. Returns the rung's verdict if that is settled now.
    fn judge(&mut self, task: &Task, scenario: &Scenario, tried: Tried, done: &mut Done) -> Option<Verdict> {
        let Tried { explored, summary, bounded, told_apart, tainted, _calls } = tried;
        self.told_apart |= told_apart;
        if matches!(explored.end, ScenarioEnd::Cut) {
            // Bound by bound from none, so the completed ones are the first.
            let completed = bounded.iter().take_while(|(one, summary)| one.says_all() && summary.says_all()).count();
            let within = completed.checked_sub(1);
            self.within = if self.cut == 0 { within } else { self.within.min(within) };
        }
        for (explored, summary) in std::iter::once((explored, summary)).chain(bounded) {
            let verdict = self.judge_one(task, scenario, explored, &summary, tainted, done);
            if verdict.is_some() {
                return verdict;
            }
        }
        None
    }

    fn judge_one(
        &mut self,
        task: &Task,
        scenario: &Scenario,
        explored: Explored,
        summary: &Summary,
        tainted: bool,
        done: &mut Done,
    ) -> Option<Verdict> {
        done.count(&explored);
        let Summary { spins, unwinding, untold, .. } = *summary;
        self.spins += u64::from(spins);
        self.unwinding += u64::from(unwinding);
        self.untold += u64::from(untold > 0);
        self.untried += u64::from(explored.untried);
        match explored.end {
            ScenarioEnd::Exhausted => {}
            // With a bound it was cut without one already.
            ScenarioEnd::Cut | ScenarioEnd::TooManyThreads => self.cut += u64::from(!summary.bounded),
            ScenarioEnd::Undecided => self.undecided += 1,
            ScenarioEnd::Waits => self.waits += 1,
            // Two threads that make way for each other for ever need a scheduler that plays along: shuttle's, which is
            // fair, has to judge it.
            ScenarioEnd::Failed(ref failure, _) if failure.kind == FailureKind::StepBound => {
                self.spins += u64::from(!spins);
            }
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let finding = investigate(task, scenario.clone(), Finder::Dpor, explored, tainted);
                return Some(Verdict::Violation(Box::new(finding)));
            }
        }
        None
    }
}

/// How far the scenarios that were cut were explored within a bound.
fn within(tally: &Tally) -> String {
    match tally.within {
        Some(0) => "; each of them was explored without preemptions, which is no proof".to_owned(),
        Some(most) => format!("; each of them was explored with up to {most} preemptions, which is no proof"),
        None => String::new(),
    }
}

fn conclude(done: &mut Done, tally: &Tally, total: u64) {
    done.bounds = format!(
        "preemptions unbounded, one execution for each inequivalent interleaving; {} of {total} small scenarios, {} cut at \
         {EXECUTIONS_CEILING} executions or by time; {} larger ones to the end",
        tally.done, tally.cut, tally.larger
    );
    let apart = [
        (tally.cut, format!("were cut at {EXECUTIONS_CEILING} executions, or by time{}", within(tally))),
        (tally.spins, "have a thread that turns in circles, whose rounds were not all tried".to_owned()),
        (tally.unwinding, "have a panic, and nobody else ran while that thread unwound".to_owned()),
        (tally.untold, "can be had in more real-time orders than were looked at".to_owned()),
        (tally.untried, "ask whether a thread has finished, and not every moment of that was tried".to_owned()),
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
