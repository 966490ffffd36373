//! What an engine has to do of a free-form test, and what it came to: executions explored, taken again, and told.

use super::session::{Ended, Failed, Met, Notes, Session};
use super::{Outcome, Reached, free};
use crate::explore::{Limit, again};
use crate::report::{Finding, Kind, failure_lines};
use crate::shrink::policies;
use crate::verdict::{Rung, Verdict};
use raceproof::explore::engine::loom::Path;
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::engine::{Flow, loom as loom_engine, shuttle as shuttle_engine};
use raceproof::explore::event::Event;
use raceproof::explore::native::Arc;
use raceproof::explore::world::{self, FailureKind};
use std::time::Instant;

/// Steps of an execution under shuttle.
const STEPS: usize = 20_000;

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
    pub(super) fn doubtful(&mut self, what: &str, finding: Finding) {
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
    pub(super) fn explore_loom(&self, config: &loom_engine::Config, limit: Limit) -> (Ended, Notes<T>) {
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

    pub(super) fn explore_shuttle(&self, policy: &Policy, observe: bool, limit: Limit) -> (Ended, Notes<T>) {
        let session = Session::new(&self.body, limit);
        let body = Arc::clone(&session);
        let config = shuttle_engine::Config { observe, max_steps: STEPS };
        let outcome = shuttle_engine::explore(&config, policy, move || body.execution());
        session.conclude(outcome, true)
    }

    /// The choices of loom's execution of this number.
    pub(super) fn loom_path(&self, bound: Option<usize>, number: u64) -> Option<Vec<u16>> {
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
    pub(super) fn seen_by_shuttle(&self, kind: Option<FailureKind>, value: Option<&T>) -> bool {
        policies(self.seed).iter().any(|policy| {
            let observe = kind == Some(FailureKind::DataRace);
            let (ended, notes) = self.explore_shuttle(policy, observe, Limit::executions(200));
            let failed = matches!(&ended, Ended::Failed(failed) if Some(failed.failure.kind) == kind);
            failed || value.is_some_and(|value| notes.met.iter().any(|met| met.value == *value))
        })
    }

    pub(super) fn is_late(&self) -> bool {
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
