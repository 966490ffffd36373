//! Free code under each engine: its results, and the first thing that goes wrong.

use super::chance::{nondeterminism, nondeterminism_under_loom};
use super::job::{Done, Job};
use super::session::{Ended, Failed, Met};
use super::{Outcome, free};
use crate::detect;
use crate::explore::{Limit, cancelled};
use crate::options::HARD_CAP;
use crate::report::weak_seq_cst;
use crate::shrink::policies;
use crate::verdict::{Rung, Verdict};
use raceproof::explore::engine::loom as loom_engine;
use raceproof::explore::engine::loom::TOO_MANY_THREADS;
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::event::Event;
use raceproof::explore::world::{self, Failure, FailureKind};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Executions of loom's that are run whatever the time, and at most; beyond these a preemption bound takes over.
const LOOM_FLOOR: u64 = 2_000;
const LOOM_CEILING: u64 = 60_000;
const BOUND: usize = 2;
/// Schedules that are run whatever the time; a policy's turn; how many of its first turn are observed.
const SHUTTLE_FLOOR: u64 = 500;
const TURN: u64 = 100;
const OBSERVED: u64 = 30;
/// Runs on real threads that are made whatever the time.
const THREADS_FLOOR: u64 = 30;
/// Witnesses that are looked for, and how far into the exploration.
const WITNESSES: usize = 12;
const WITNESS_WITHIN: u64 = 40_000;

/// Why not all was tried of a test that asks for what may change at any moment.
pub(super) const UNTRIED: &str = "it asks whether a thread has finished, and not every moment of that was tried";

fn in_doubt(trace: &[Event]) -> bool {
    weak_seq_cst(trace) || detect::rests_on_a_lost_update(trace)
}

pub(super) fn loom<T: Outcome>(job: &Job<T>) -> Done<T> {
    let mut done = Done::default();
    let bounds = job.preemptions.map_or(vec![None, Some(BOUND)], |bound| vec![Some(bound)]);
    let limit = match job.executions {
        Some(executions) => Limit::executions(executions),
        None => Limit::until(job.deadline, LOOM_FLOOR, LOOM_CEILING),
    };
    for bound in bounds {
        let config = loom_engine::Config { preemption_bound: bound, observe: false, path: None };
        let (ended, notes) = job.explore_loom(&config, limit);
        done.executions += notes.executions;
        if cancelled() {
            return done;
        }
        done.warn(&notes);
        done.bounds = bound.map_or("preemptions unbounded".to_owned(), |bound| format!("at most {bound} preemptions"));
        let mut violation = None;
        for met in job.unexpected(&notes.met) {
            let schedule = job.loom_path(bound, met.execution);
            let (finding, trace) = job.finding_of_outcome(Rung::Loom, met, schedule);
            if !in_doubt(&trace) || job.seen_by_shuttle(None, Some(&met.value)) {
                violation = Some(finding);
                break;
            }
            done.doubtful(&format!("{:?}", met.value), finding);
        }
        // Before anything is called a race: loom itself notices only where code of chance comes to other kinds of steps.
        if !world::tainted()
            && matches!(ended, Ended::Exhausted | Ended::Cut)
            && let Some(finding) = nondeterminism_under_loom(job, bound, notes.executions)
        {
            done.violation(finding);
            return done;
        }
        witnesses(job, &mut done, bound, notes.met);
        if let Some(finding) = violation {
            done.violation(finding);
            return done;
        }
        match ended {
            Ended::Exhausted => {
                if done.weak.is_none() {
                    done.verdict = match bound {
                        None if world::take_left_untried() => Verdict::Bounded(UNTRIED.to_owned()),
                        None => Verdict::Exhausted,
                        Some(bound) => {
                            Verdict::Bounded(format!("all with up to {bound} preemptions, which is no proof"))
                        }
                    };
                }
                return done;
            }
            Ended::Cut if done.weak.is_none() => {
                done.verdict = Verdict::Bounded(format!("cut after {} executions", done.executions));
            }
            Ended::Cut => {}
            Ended::Failed(failed) => {
                failed_under_loom(job, &mut done, bound, &failed);
                return done;
            }
        }
    }
    done
}

fn failed_under_loom<T: Outcome>(job: &Job<T>, done: &mut Done<T>, bound: Option<usize>, failed: &Failed) {
    let failure = &failed.failure;
    if failure.kind == FailureKind::Refused && failure.message.starts_with(TOO_MANY_THREADS) {
        done.verdict = Verdict::Bounded("it starts more threads than loom has; shuttle explores it".to_owned());
        return;
    }
    if failure.kind == FailureKind::StepBound {
        // loom may show a spinning thread the same old value for ever, which no machine does.
        let executions = done.executions;
        done.verdict = Verdict::Bounded(format!(
            "it spins without end under loom, in execution {executions}; shuttle, which is fair, has to judge that"
        ));
        return;
    }
    job.fallback(Rung::Loom, failed);
    if world::tainted() {
        done.violation(job.finding_of(Rung::Loom, failed, None));
        return;
    }
    let schedule = job.loom_path(bound, failed.execution);
    let replayed = schedule.as_ref().and_then(|schedule| job.replay(Rung::Loom, schedule).failed);
    if failure.kind == FailureKind::Deadlock
        && replayed.as_ref().is_some_and(|failed| detect::stuck_in_an_attempt(&failed.trace))
    {
        let executions = done.executions;
        done.verdict = Verdict::Bounded(format!(
            "in execution {executions} loom stopped a thread that only tried a lock, which never waits; shuttle has to judge"
        ));
        return;
    }
    let doubtful = matches!(failure.kind, FailureKind::Panic | FailureKind::Deadlock | FailureKind::DataRace)
        && replayed.is_some_and(|failed| in_doubt(&failed.trace));
    let finding = job.finding_of(Rung::Loom, failed, schedule);
    if doubtful && !world::tainted() && !job.seen_by_shuttle(Some(failure.kind), None) {
        done.doubtful("what loom found", finding);
    } else {
        done.violation(finding);
    }
}

/// Results with what replays them. Only where there is a choice of results: a function that always returns the same needs no
/// witness.
fn witnesses<T: Outcome>(job: &Job<T>, done: &mut Done<T>, bound: Option<usize>, met: Vec<Met<T>>) {
    let several = met.len() > 1 || job.expected.is_some();
    let first: Vec<u64> = met.iter().map(|met| met.execution).take(WITNESSES).collect();
    done.collect(Rung::Loom, met, |met| {
        if !several || !first.contains(&met.execution) || met.execution > WITNESS_WITHIN {
            return None;
        }
        job.loom_path(bound, met.execution).map(|schedule| free::write(&job.path, Rung::Loom, &schedule))
    });
}

pub(super) fn shuttle<T: Outcome>(job: &Job<T>) -> Done<T> {
    let mut done = Done::default();
    if let Some(finding) = nondeterminism(job) {
        done.violation(finding);
        return done;
    }
    let floor = job.executions.unwrap_or(SHUTTLE_FLOOR);
    let mut unfair = 0;
    for round in 0_u64.. {
        if cancelled() {
            return done;
        }
        if done.executions >= floor && job.is_late() {
            break;
        }
        if job.began.elapsed() >= HARD_CAP {
            done.verdict = Verdict::Unknown(format!("the floor of {floor} schedules was not reached in time"));
            return done;
        }
        let all = policies(job.seed.wrapping_add(round / 5));
        let policy = &all[(round % 5) as usize];
        // The first turn of each policy is looked at closely; the rest is fast.
        let observed = if round < 5 { OBSERVED } else { 0 };
        for (observe, count) in [(true, observed), (false, TURN - observed)] {
            let left = floor.saturating_sub(done.executions);
            let count = if job.executions.is_some() { count.min(left) } else { count };
            if count == 0 {
                continue;
            }
            let (ended, notes) = job.explore_shuttle(policy, observe, Limit::executions(count));
            done.executions += notes.executions;
            done.warn(&notes);
            let unexpected = job
                .unexpected(&notes.met)
                .next()
                .map(|met| job.finding_of_outcome(Rung::Shuttle, met, Some(met.schedule.clone())).0);
            done.collect(Rung::Shuttle, notes.met, |met| Some(free::write(&job.path, Rung::Shuttle, &met.schedule)));
            if let Some(finding) = unexpected {
                done.violation(finding);
                return done;
            }
            let Ended::Failed(failed) = ended else { continue };
            if failed.failure.kind == FailureKind::StepBound
                && matches!(policy, Policy::Priorities { .. })
                && !spins_under_a_fair_policy(job)
            {
                // Under priorities a spinning thread keeps the others from running; a machine is not like that.
                unfair += 1;
                continue;
            }
            job.fallback(Rung::Shuttle, &failed);
            let schedule = (!world::tainted()).then(|| failed.schedule.clone());
            done.violation(job.finding_of(Rung::Shuttle, &failed, schedule));
            return done;
        }
    }
    done.bounds = format!("{} schedules of five policies", done.executions);
    done.verdict = Verdict::Bounded(match unfair {
        0 => "chosen schedules".to_owned(),
        _ => format!(
            "chosen schedules; in {unfair} turns under priorities a spinning thread kept its partner from running"
        ),
    });
    done
}

fn spins_under_a_fair_policy<T: Outcome>(job: &Job<T>) -> bool {
    let policy = Policy::Random { seed: job.seed };
    let (ended, _) = job.explore_shuttle(&policy, false, Limit::executions(50));
    matches!(ended, Ended::Failed(failed) if failed.failure.kind == FailureKind::StepBound)
}

pub(super) fn threads<T: Outcome>(job: &Job<T>) -> Done<T> {
    let mut done = Done::default();
    let floor = job.executions.unwrap_or(THREADS_FLOOR).max(1);
    let mut met: Vec<Met<T>> = Vec::new();
    let mut failed = None;
    world::quietly(|| {
        while done.executions < floor || !job.is_late() {
            done.executions += 1;
            world::beat();
            match catch_unwind(AssertUnwindSafe(|| (job.body)())) {
                Ok(value) => match met.iter_mut().find(|met| met.value == value) {
                    Some(known) => known.count += 1,
                    None => met.push(Met { value, execution: done.executions, schedule: Vec::new(), count: 1 }),
                },
                Err(payload) => {
                    let failure = Failure::from_payload(&*payload);
                    let (execution, schedule, trace) = (done.executions, Vec::new(), Vec::new());
                    failed = Some(Failed { failure, execution, schedule, trace });
                    break;
                }
            }
        }
    });
    done.bounds = format!("{} runs", done.executions);
    done.verdict = Verdict::Bounded("what this machine happened to do".to_owned());
    let unexpected = job.unexpected(&met).next().map(|met| job.finding_of_outcome(Rung::Threads, met, None).0);
    let failed = failed.map(|failed| job.finding_of(Rung::Threads, &failed, None));
    if let Some(finding) = failed.or(unexpected) {
        done.violation(finding);
    }
    done.collect(Rung::Threads, met, |_| None);
    done
}
