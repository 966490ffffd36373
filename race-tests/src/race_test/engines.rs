//! Free code under each engine: its results, and the first thing that goes wrong.

use super::session::{Ended, Failed, Met, Notes, Session};
use super::{Outcome, Reached, free};
use crate::detect;
use crate::explore::{Limit, again, cancelled};
use crate::options::HARD_CAP;
use crate::report::{CHANCE, Finding, Kind, failure_lines, weak_seq_cst};
use crate::shrink::policies;
use crate::verdict::{Rung, Verdict};
use raceproof::explore::engine::loom::{Path, TOO_MANY_THREADS};
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::engine::{Flow, loom as loom_engine, shuttle as shuttle_engine};
use raceproof::explore::event::{Event, Outcome as EventOutcome};
use raceproof::explore::native::Arc;
use raceproof::explore::world::{self, Failure, FailureKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

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
/// How often an execution is taken again to see whether it goes the same way, in how many rounds; and how far into an
/// exploration of loom's one is looked for.
const REPEATED: usize = 4;
const ROUNDS: usize = 3;
const SAMPLED_WITHIN: u64 = 200;
/// Steps of an execution under shuttle.
const STEPS: usize = 20_000;

/// Why not all was tried of a test that asks for what may change at any moment.
pub(super) const UNTRIED: &str = "it asks whether a thread has finished, and not every moment of that was tried";
/// Why a finding of loom's may be nothing.
const DOUBT: &str = "loom takes SeqCst loads and stores for Acquire and Release, and lets a plain store appear inside another \
                     thread's update; shuttle, which does neither, has not seen this";

/// What there is to do.
///
/// Nobody looks at what comes of it once it is cancelled: an engine before it has found something.
pub(super) struct Job<T> {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) body: Arc<dyn Fn() -> T + Send + Sync>,
    pub(super) expected: Option<Arc<Vec<T>>>,
    pub(super) seed: u64,
    pub(super) preemptions: Option<usize>,
    pub(super) executions: Option<u64>,
    pub(super) began: Instant,
    pub(super) deadline: Instant,
}

impl<T> Clone for Job<T> {
    fn clone(&self) -> Self {
        let Self { name, path, body, expected, seed, preemptions, executions, began, deadline } = self;
        Self {
            name: name.clone(),
            path: path.clone(),
            body: Arc::clone(body),
            expected: expected.clone(),
            seed: *seed,
            preemptions: *preemptions,
            executions: *executions,
            began: *began,
            deadline: *deadline,
        }
    }
}

/// What an engine came to.
pub(super) struct Done<T> {
    pub(super) verdict: Verdict,
    pub(super) executions: u64,
    pub(super) bounds: String,
    pub(super) reached: Vec<Reached<T>>,
    pub(super) warnings: Vec<String>,
    pub(super) weak: Option<Box<Finding>>,
}

impl<T> Default for Done<T> {
    fn default() -> Self {
        Self {
            verdict: Verdict::Exhausted,
            executions: 0,
            bounds: String::new(),
            reached: Vec::new(),
            warnings: Vec::new(),
            weak: None,
        }
    }
}

impl<T: Outcome> Done<T> {
    pub(super) fn warn(&mut self, notes: &Notes<T>) {
        let mut warnings = notes.warnings.clone();
        if notes.left_running > 0 {
            let threads = notes.left_running;
            warnings.push(format!("threads left running: {threads} had not ended when the test returned; join them"));
        }
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    pub(super) fn collect(&mut self, rung: Rung, met: Vec<Met<T>>, token: impl Fn(&Met<T>) -> Option<String>) {
        for met in met {
            match self.reached.iter_mut().find(|reached| reached.value == met.value) {
                Some(reached) => reached.executions += met.count,
                None => {
                    let token = token(&met);
                    self.reached.push(Reached { value: met.value, rungs: vec![rung], executions: met.count, token });
                }
            }
        }
    }

    pub(super) fn violation(&mut self, finding: Finding) {
        self.verdict = Verdict::Violation(Box::new(finding));
    }

    /// A finding that may be nothing but loom's notion of something.
    fn doubtful(&mut self, what: &str, finding: Finding) {
        self.verdict = Verdict::Bounded(format!("{what} is inconclusive: {DOUBT}"));
        self.weak = Some(Box::new(finding.doubted(DOUBT)));
    }
}

/// An execution taken again.
pub(super) struct Replay<T> {
    pub(super) failed: Option<Failed>,
    pub(super) value: Option<T>,
    pub(super) trace: Vec<Event>,
    pub(super) diverged: bool,
}

impl<T: Outcome> Job<T> {
    fn explore_loom(&self, config: &loom_engine::Config, limit: Limit) -> (Ended, Notes<T>) {
        let explore = || {
            let session = Session::new(&self.body, limit);
            let body = Arc::clone(&session);
            session.conclude(loom_engine::explore(config, move || body.execution()), false)
        };
        again(explore, |(ended, _)| match ended {
            Ended::Failed(Failed { failure, .. }) => Some(failure),
            _ => None,
        })
    }

    fn explore_shuttle(&self, policy: &Policy, observe: bool, limit: Limit) -> (Ended, Notes<T>) {
        let session = Session::new(&self.body, limit);
        let body = Arc::clone(&session);
        let config = shuttle_engine::Config { observe, max_steps: STEPS };
        let outcome = shuttle_engine::explore(&config, policy, move || body.execution());
        session.conclude(outcome, true)
    }

    /// The choices of loom's execution of this number.
    fn loom_path(&self, bound: Option<usize>, number: u64) -> Option<Vec<u16>> {
        let body = Arc::clone(&self.body);
        let config = loom_engine::Config { preemption_bound: bound, observe: false, path: None };
        let path = loom_engine::path_of(&config, number, move || {
            drop(body());
            Flow::Continue
        })?;
        Some(path.0.iter().map(|choice| u16::from(*choice)).collect())
    }

    /// One execution again, observed.
    pub(super) fn replay(&self, rung: Rung, schedule: &[u16]) -> Replay<T> {
        let limit = Limit::executions(1);
        let (ended, mut notes) = if rung == Rung::Loom {
            let path = Path(schedule.iter().map(|choice| u8::try_from(*choice).unwrap_or(u8::MAX)).collect());
            let config = loom_engine::Config { preemption_bound: None, observe: true, path: Some(path) };
            self.explore_loom(&config, limit)
        } else {
            self.explore_shuttle(&Policy::Replay(schedule.to_vec()), true, limit)
        };
        let diverged = rung != Rung::Loom && shuttle_engine::diverged();
        match ended {
            Ended::Failed(failed) => Replay { failed: Some(failed), value: None, trace: Vec::new(), diverged },
            _ => Replay { failed: None, value: notes.met.pop().map(|met| met.value), trace: notes.trace, diverged },
        }
    }

    /// The finding of an execution that failed, from a replay where one is possible.
    pub(super) fn finding_of(&self, rung: Rung, failed: &Failed, schedule: Option<Vec<u16>>) -> Finding {
        let again = schedule.as_ref().map(|schedule| self.replay(rung, schedule)).and_then(|replay| replay.failed);
        let again = again.filter(|again| again.failure.kind == failed.failure.kind);
        let mut details = Vec::new();
        if again.is_none() && failed.trace.is_empty() && rung != Rung::Threads && !world::tainted() {
            details.push("it was seen once and could not be repeated: the code may be nondeterministic".to_owned());
        }
        let schedule = again.is_some().then_some(schedule).flatten();
        let shown = again.as_ref().unwrap_or(failed);
        details.extend(failure_lines(&shown.failure, &shown.trace));
        free::finding(free::Material {
            kind: Kind::of(failed.failure.kind),
            name: &self.name,
            path: &self.path,
            rung,
            found_by: format!("found by {rung}, in {} {}", unit(rung), failed.execution),
            details,
            trace: &shown.trace,
            schedule: schedule.as_deref(),
        })
    }

    /// The finding of a result that is not expected, and its trace.
    pub(super) fn finding_of_outcome(
        &self,
        rung: Rung,
        met: &Met<T>,
        schedule: Option<Vec<u16>>,
    ) -> (Finding, Vec<Event>) {
        let expected = self.expected.as_ref().map(|expected| format!("{expected:?}")).unwrap_or_default();
        let trace = schedule.as_ref().map(|schedule| self.replay(rung, schedule).trace).unwrap_or_default();
        let finding = free::finding(free::Material {
            kind: Kind::UnexpectedOutcome,
            name: &self.name,
            path: &self.path,
            rung,
            found_by: format!("found by {rung}, in {} {}", unit(rung), met.execution),
            details: vec![format!("it returned {:?}; expected is one of {expected}", met.value)],
            trace: &trace,
            schedule: schedule.as_deref(),
        });
        (finding, trace)
    }

    pub(super) fn unexpected<'a>(&self, met: &'a [Met<T>]) -> impl Iterator<Item = &'a Met<T>> {
        let expected = self.expected.clone();
        met.iter().filter(move |met| expected.as_ref().is_some_and(|expected| !expected.contains(&met.value)))
    }

    /// What is said if nothing comes back from telling it better.
    pub(super) fn fallback(&self, rung: Rung, failed: &Failed) {
        let finding = free::finding(free::Material {
            kind: Kind::of(failed.failure.kind),
            name: &self.name,
            path: &self.path,
            rung,
            found_by: format!("found by {rung}, in {} {}", unit(rung), failed.execution),
            details: failure_lines(&failed.failure, &failed.trace),
            trace: &failed.trace,
            schedule: None,
        });
        crate::explore::progress(|progress| {
            *progress.fallback.lock().unwrap_or_else(|e| e.into_inner()) = Some(Box::new(finding));
        });
    }

    /// Whether shuttle, to which SeqCst is SeqCst, fails in the same way or comes to the same result.
    fn seen_by_shuttle(&self, kind: Option<FailureKind>, value: Option<&T>) -> bool {
        policies(self.seed).iter().any(|policy| {
            let observe = kind == Some(FailureKind::DataRace);
            let (ended, notes) = self.explore_shuttle(policy, observe, Limit::executions(200));
            let failed = matches!(&ended, Ended::Failed(failed) if Some(failed.failure.kind) == kind);
            failed || value.is_some_and(|value| notes.met.iter().any(|met| met.value == *value))
        })
    }

    fn is_late(&self) -> bool {
        self.executions.is_some() || Instant::now() >= self.deadline
    }
}

fn unit(rung: Rung) -> &'static str {
    match rung {
        Rung::Shuttle => "schedule",
        Rung::Threads => "run",
        _ => "execution",
    }
}

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

/// A schedule of shuttle's, taken again and again.
fn nondeterminism<T: Outcome>(job: &Job<T>) -> Option<Finding> {
    let (ended, notes) = job.explore_shuttle(&Policy::Random { seed: job.seed }, true, Limit::executions(1));
    let Ended::Cut = ended else { return None };
    again_and_again(job, Rung::Shuttle, &notes.met.first()?.schedule)
}

/// Two of loom's executions, taken again and again: the first, and one from the midst of those that were explored.
fn nondeterminism_under_loom<T: Outcome>(job: &Job<T>, bound: Option<usize>, executions: u64) -> Option<Finding> {
    let midst = (executions / 2).clamp(1, SAMPLED_WITHIN);
    let sampled = if midst > 1 { vec![1, midst] } else { vec![1] };
    sampled.into_iter().find_map(|number| again_and_again(job, Rung::Loom, &job.loom_path(bound, number)?))
}

/// The same schedule, taken again: what differs is no race.
///
/// It has to differ in each of a few rounds. Code that orders its locks by their addresses may go another way once, because
/// the allocator does; what goes by chance goes another way in every round.
fn again_and_again<T: Outcome>(job: &Job<T>, rung: Rung, schedule: &[u16]) -> Option<Finding> {
    let mut details = Vec::new();
    for _ in 0..ROUNDS {
        let first = job.replay(rung, schedule);
        // One that fails is reported for what it is; one that comes to no result and does not fail has lost its way.
        if first.failed.as_ref().is_some_and(|failed| failed.failure.kind != FailureKind::Nondeterminism) {
            return None;
        }
        details = (0..REPEATED).find_map(|_| went_elsewhere(&first, &job.replay(rung, schedule)))?;
    }
    Some(free::finding(free::Material {
        kind: Kind::Uncontrolled,
        name: &job.name,
        path: &job.path,
        rung,
        found_by: format!("found by {rung}, by replaying"),
        details: CHANCE.map(str::to_owned).into_iter().chain(details).collect(),
        trace: &[],
        schedule: None,
    }))
}

/// What two executions of one schedule differ in, if they do.
fn went_elsewhere<T: Outcome>(first: &Replay<T>, again: &Replay<T>) -> Option<Vec<String>> {
    let step = difference(&first.trace, &again.trace);
    let values = first.value.as_ref().zip(again.value.as_ref()).filter(|(value, other)| value != other);
    let lost = |replay: &Replay<T>| replay.diverged || replay.failed.is_some();
    if step.is_none() && values.is_none() && !lost(first) && !lost(again) {
        return None;
    }
    let returned = values.map(|(value, other)| format!("it returned {value:?}, and then {other:?}"));
    Some(step.into_iter().chain(returned).collect())
}

/// The first event that differs.
fn difference(first: &[Event], second: &[Event]) -> Option<String> {
    // A pointer's value is another one in each execution.
    let shown = |event: &Event| match &event.outcome {
        EventOutcome::Value(value) if !value.contains("0x") => value.clone(),
        _ => String::new(),
    };
    let same = |a: &Event, b: &Event| {
        (a.thread, a.action, a.number, a.location, shown(a)) == (b.thread, b.action, b.number, b.location, shown(b))
    };
    let text = |event: Option<&Event>| {
        event.map_or("nothing more".to_owned(), |event| {
            let result = shown(event);
            let arrow = if result.is_empty() { "" } else { " -> " };
            format!("{} of {} #{} at {}{arrow}{result}", event.action, event.object.kind, event.number, event.location)
        })
    };
    let at = (0..first.len().max(second.len())).find(|at| match (first.get(*at), second.get(*at)) {
        (Some(a), Some(b)) => !same(a, b),
        _ => true,
    })?;
    Some(format!("step {}: first {}; then {}", at + 1, text(first.get(at)), text(second.get(at))))
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
