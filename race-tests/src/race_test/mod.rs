//! Free-form race tests: a function over the facade, explored by every engine, and everything that it can return.
//!
//! The one thing to know: a result is a fact only with its witness. What an engine has reached can be replayed; what no
//! engine has reached is known to be unreachable only where loom has exhausted every interleaving, or, under sequential
//! consistency, where dpor has.

mod chance;
mod dpor;
mod engines;
mod free;
mod job;
mod outcomes;
mod replay;
mod session;

pub use outcomes::{RaceReport, Reached};
pub use replay::race_test;

use crate::explore::Progress;
use crate::ladder::seats;
use crate::ladder::team::{Came, Team};
use crate::options::{DEFAULT_BUDGET, Environment, Options};
use crate::report::Kind;
use crate::verdict::{Report, Rung, RungReport, Verdict};
use job::{Done, Job};
use raceproof::explore::engine::Stuck;
use raceproof::explore::native::Arc;
use raceproof::explore::world::Failure;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// What is asked of a test's results.
pub trait Outcome: Debug + PartialEq + Send + Sync + 'static {}
impl<T: Debug + PartialEq + Send + Sync + 'static> Outcome for T {}

/// A free-form race test: `#[race_test]` as a library.
///
/// ```
/// use raceproof::sync::{Arc, Mutex};
/// use raceproof_test::{RaceTest, Rung};
///
/// let report = RaceTest::new("read and write in two sections", || {
///     let value = Arc::new(Mutex::new(0));
///     let other = Arc::clone(&value);
///     let add = |value: &Mutex<u32>| {
///         let old = *value.lock().unwrap();
///         *value.lock().unwrap() = old + 1; // another may have added meanwhile
///     };
///     let thread = raceproof::thread::spawn(move || add(&other));
///     add(&value);
///     thread.join().unwrap();
///     let value = *value.lock().unwrap();
///     value
/// })
/// .engines(&[Rung::Loom, Rung::Shuttle])
/// .run();
/// let reached: Vec<u32> = report.reached.iter().map(|reached| reached.value).collect();
/// assert_eq!(reached, [1, 2]);
/// println!("{report}");
/// ```
pub struct RaceTest<T> {
    name: String,
    path: String,
    manifest: &'static str,
    body: Arc<dyn Fn() -> T + Send + Sync>,
    options: Options,
    rungs: Vec<Rung>,
    preemptions: Option<usize>,
    executions: Option<u64>,
    expected: Option<Arc<Vec<T>>>,
    replays: Vec<String>,
}

impl<T: Outcome> RaceTest<T> {
    /// A test called `name`. All engines explore it, for as long as the default budget lasts.
    pub fn new(name: &str, body: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self {
            name: name.to_owned(),
            path: name.replace(['~', '\'', '\n'], "-"),
            manifest: "",
            body: Arc::new(body),
            options: Options::default(),
            rungs: vec![Rung::Loom, Rung::Dpor, Rung::Shuttle, Rung::Threads],
            preemptions: None,
            executions: None,
            expected: None,
            replays: Vec::new(),
        }
    }

    /// Where the test stands: for tokens and for the file of regressions.
    #[doc(hidden)]
    pub fn at(mut self, path: &str, manifest: &'static str) -> Self {
        self.path = path.to_owned();
        self.manifest = manifest;
        self
    }

    /// These engines, in this order: [`Rung::Loom`], [`Rung::Dpor`], [`Rung::Shuttle`], [`Rung::Threads`].
    pub fn engines(mut self, rungs: &[Rung]) -> Self {
        self.rungs = rungs.to_vec();
        self
    }

    /// At most this many preemptions in an execution of loom's. Without it loom explores without a bound, and falls back
    /// to one of 2 where that takes too long.
    pub fn preemptions(mut self, preemptions: usize) -> Self {
        self.preemptions = Some(preemptions);
        self
    }

    /// Exactly this many executions an engine, if there are so many, however long they take.
    pub fn executions(mut self, executions: u64) -> Self {
        self.executions = Some(executions);
        self
    }

    /// Seconds for all engines together. The floor runs whatever the budget.
    pub fn budget(mut self, seconds: impl Into<f64>) -> Self {
        self.options.budget(seconds);
        self
    }

    /// So many engines at work at once, 1 to 64, whatever else the process does. Otherwise as many as there are cores, which
    /// all explorations of the process share. The report is the same with any number, but for the time's part.
    pub fn workers(mut self, workers: usize) -> Self {
        self.options.workers(workers);
        self
    }

    /// Where random schedules start.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Anything but [`Verdict::Exhausted`] from loom and dpor is [`Verdict::Unknown`], and a warning is a failure.
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict(strict);
        self
    }

    /// Seconds without a sign of life after which the code under test counts as hung.
    pub fn patience(mut self, seconds: f64) -> Self {
        self.options.patience = Duration::from_secs_f64(seconds.clamp(0.1, 3600.0));
        self
    }

    /// Exactly these results. One that is reached and is not among them is a failure. One that is among them and is not
    /// reached is a failure where loom has exhausted every interleaving, or where the test is strict; otherwise it may lie
    /// beyond the bounds, and is told.
    pub fn outcomes(mut self, expected: impl IntoIterator<Item = T>) -> Self {
        self.expected = Some(Arc::new(expected.into_iter().collect()));
        self
    }

    /// A token that is replayed before anything else.
    pub fn replay(mut self, token: &str) -> Self {
        self.replays.push(token.to_owned());
        self
    }

    /// Explores. Engines after one with a finding do not run. Nothing is written to disk.
    pub fn run(self) -> RaceReport<T> {
        let report = Report { name: self.name.clone(), rungs: Vec::new(), left_out: Vec::new() };
        let mut all = RaceReport { report, reached: Vec::new(), not_reached: Vec::new(), warnings: Vec::new() };
        let _seat = seats::sit();
        // Real threads run alone, and only what no engine has found anything in: there nobody can end what waits or turns in
        // circles for ever.
        for rungs in self.rungs.chunk_by(|one, next| ![one, next].contains(&&Rung::Threads)) {
            self.climb(rungs, &mut all);
            if all.finding().is_some() {
                break;
            }
        }
        all.reached.sort_by_key(|reached| format!("{:?}", reached.value));
        self.judge_missing(&mut all);
        if self.options.strict
            && let Some(warning) = all.warnings.first().cloned()
            && let Some(last) = all.report.rungs.last_mut()
            && last.verdict.ok()
        {
            last.verdict = Verdict::Unknown(format!("`strict` takes a warning for a failure: {warning}"));
        }
        all
    }

    /// Expected results that nobody has reached.
    fn judge_missing(&self, all: &mut RaceReport<T>) {
        let Some(expected) = &self.expected else { return };
        if !all.report.ok() {
            return;
        }
        let reached = |value: &&T| all.reached.iter().any(|reached| reached.value == **value);
        let missing: Vec<String> =
            expected.iter().filter(|value| !reached(value)).map(|value| format!("{value:?}")).collect();
        if missing.is_empty() {
            return;
        }
        let exhausted = |rung: &&mut RungReport| rung.rung == Rung::Loom && matches!(rung.verdict, Verdict::Exhausted);
        if let Some(loom) = all.report.rungs.iter_mut().find(exhausted) {
            let reached: Vec<String> = all.reached.iter().map(|reached| format!("{:?}", reached.value)).collect();
            let details = vec![
                format!("expected, and reached by no execution: {}", missing.join(", ")),
                format!("reached: {}", reached.join(", ")),
                "loom has run every interleaving, so this is certain within what loom can see".to_owned(),
            ];
            loom.verdict = Verdict::Violation(Box::new(free::finding(free::Material {
                kind: Kind::MissingOutcome,
                name: &self.name,
                path: &self.path,
                rung: Rung::Loom,
                found_by: "found by loom, by exhaustion".to_owned(),
                details,
                trace: &[],
                schedule: None,
            })));
        } else if self.options.strict
            && let Some(last) = all.report.rungs.last_mut()
        {
            let missing = missing.join(", ");
            last.verdict = Verdict::Unknown(format!("`strict`: expected and not reached within bounds: {missing}"));
        } else {
            all.not_reached = missing;
        }
    }

    /// These engines, side by side where there are seats to spare. What came of each is looked at in their order, up to the
    /// first finding, so that it is the same with any number of workers.
    fn climb(&self, rungs: &[Rung], all: &mut RaceReport<T>) {
        let began = Instant::now();
        let environment = Environment::get();
        if let Some(complaint) = environment.complaint.clone().or_else(|| self.options.complaint()) {
            for rung in rungs {
                let verdict = Verdict::Unknown(complaint.clone());
                self.add(*rung, Done { verdict, ..Done::default() }, began.elapsed(), all);
            }
            return;
        }
        let seconds = self.options.budget.or(environment.budget).unwrap_or(DEFAULT_BUDGET);
        let job = self.job(began, Duration::ZERO, environment.seed.unwrap_or(self.options.seed));
        let work = move |rung: &Rung| {
            let began = Instant::now();
            let share = match rung {
                Rung::Loom => 0.45,
                Rung::Shuttle => 0.25,
                _ => 0.15,
            };
            let job = Job { began, deadline: began + Duration::from_secs_f64(seconds * share), ..job.clone() };
            let done = match rung {
                Rung::Loom => engines::loom(&job),
                Rung::Dpor => dpor::dpor(&job),
                Rung::Shuttle => engines::shuttle(&job),
                Rung::Threads => engines::threads(&job),
                Rung::Sequential | Rung::Mutants => {
                    let verdict = Verdict::Unknown(format!("a race test has no rung `{rung}`"));
                    Done { verdict, ..Done::default() }
                }
            };
            (done, began.elapsed())
        };
        // The OS thread on which an engine found something may be of no use to the next.
        let progress = Arc::new(Progress::default());
        // Workers may outlive this call.
        let rungs = rungs.to_vec();
        let team = Team::new(&self.options, rungs.into_iter(), work).one_each(&progress);
        team.run(|rung, came| {
            let (done, elapsed) = match came {
                Came::Done { result, .. } => result,
                Came::Stuck(stuck, progress) => (self.stuck(*rung, stuck, &progress), began.elapsed()),
            };
            self.add(*rung, done, elapsed, all);
            if all.finding().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }

    /// Adds what an engine came to.
    fn add(&self, rung: Rung, mut done: Done<T>, elapsed: Duration, all: &mut RaceReport<T>) {
        if self.options.strict
            && matches!(rung, Rung::Loom | Rung::Dpor)
            && let Verdict::Bounded(bound) = &done.verdict
        {
            done.verdict =
                Verdict::Unknown(format!("`strict` demands that everything be exhausted, and it was not: {bound}"));
        }
        let report = RungReport {
            rung,
            verdict: done.verdict,
            scenarios: 1,
            of: None,
            executions: done.executions,
            histories: done.reached.len() as u64,
            elapsed,
            bounds: done.bounds,
            mutants: Vec::new(),
            levels: Vec::new(),
            weak: done.weak,
            apart: Vec::new(),
            // The race test tells them once, for all engines.
            warnings: Vec::new(),
        };
        all.add(report, done.reached, done.warnings);
    }

    fn job(&self, began: Instant, budget: Duration, seed: u64) -> Job<T> {
        Job {
            name: self.name.clone(),
            path: self.path.clone(),
            body: Arc::clone(&self.body),
            expected: self.expected.clone(),
            seed,
            preemptions: self.preemptions,
            executions: self.executions,
            began,
            deadline: began + budget,
        }
    }

    /// What is left to say of an engine that does not come back.
    fn stuck(&self, rung: Rung, stuck: Stuck, progress: &Progress) -> Done<T> {
        let verdict = match stuck {
            Stuck::Panicked(payload) => {
                let message = Failure::from_payload(&*payload).message;
                Verdict::Unknown(format!("the explorer itself panicked: {message}"))
            }
            Stuck::Abandoned(failure) => {
                let known = progress.fallback.lock().unwrap_or_else(|e| e.into_inner()).take();
                Verdict::Violation(known.unwrap_or_else(|| {
                    Box::new(free::finding(free::Material {
                        kind: Kind::of(failure.kind),
                        name: &self.name,
                        path: &self.path,
                        rung,
                        found_by: format!("found by {rung}"),
                        details: failure.message.lines().map(str::to_owned).collect(),
                        trace: &[],
                        schedule: None,
                    }))
                }))
            }
        };
        Done { verdict, ..Done::default() }
    }
}
