//! The library under the generated tests.

use crate::explore::Progress;
use crate::ladder;
use crate::options::Options;
use crate::orderings::Orderings;
use crate::subject::Subject;
use crate::verdict::{Report, Rung, Verdict};
use raceproof::explore::native::Arc;
use raceproof::explore::native::atomic::Ordering::Relaxed;

/// Is told the rung, and the scenarios and executions that it has done.
type Watch = Box<dyn Fn(Rung, u64, u64)>;

/// Explores a type, rung by rung.
///
/// Nothing is written to disk, and a finding is returned, not panicked with. Rungs run one after the other and stop at
/// the first finding.
///
/// ```
/// # use raceproof::guarded;
/// # #[guarded(tests = off)] #[derive(Default)] struct Counter { value: u64 }
/// # #[guarded] impl Counter { pub fn increment(&mut self) { self.value += 1; } pub fn get(&self) -> u64 { self.value } }
/// use raceproof_test::{Explorer, Kind, subject};
///
/// let counter = subject!(Counter);
/// assert!(Explorer::new(counter.clone()).budget(0.1).run().ok());
///
/// // The naive counter, for comparison:
/// let report = Explorer::new(counter.lost_update()).budget(0.1).run();
/// let finding = report.finding().expect("an update is lost");
/// assert_eq!(finding.kind, Kind::NotLinearizable);
/// println!("{finding}");
/// ```
pub struct Explorer {
    subject: Subject,
    options: Options,
    rungs: Vec<Rung>,
    watch: Option<Watch>,
}

impl Explorer {
    /// All rungs but [`Rung::Mutants`], with the subject's own options.
    pub fn new(subject: Subject) -> Self {
        let options = subject.inner.options.clone();
        let rungs = Rung::ALL.into_iter().filter(|rung| *rung != Rung::Mutants).collect();
        Self { subject, options, rungs, watch: None }
    }

    /// At most this many threads in a scenario: 2 to 4.
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.threads(threads);
        self
    }

    /// At most this many operations a thread: 1 to 64.
    pub fn operations(mut self, operations: usize) -> Self {
        self.options.operations(operations);
        self
    }

    /// Seconds for all rungs together. The floor runs whatever the budget.
    pub fn budget(mut self, seconds: f64) -> Self {
        self.options.budget(seconds);
        self
    }

    /// Where random scenarios and schedules start: the same seed explores the same, but for the time's part.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// So many OS threads explore at once, 1 to 64, whatever else the process does. Otherwise as many as there are cores,
    /// which all explorations of the process share, and under loom one: there a second one makes it slower. The report is
    /// the same with any number, but for the time's part.
    pub fn workers(mut self, workers: usize) -> Self {
        self.options.workers(workers);
        self
    }

    /// Anything but [`Verdict::Exhausted`] from [`Rung::Loom`] and [`Rung::Dpor`] is [`Verdict::Unknown`].
    pub fn strict(mut self) -> Self {
        self.options.strict(true);
        self
    }

    /// Seconds without a sign of life after which the code under test counts as hung.
    pub fn patience(mut self, seconds: f64) -> Self {
        self.options.patience = std::time::Duration::from_secs_f64(seconds.clamp(0.1, 3600.0));
        self
    }

    /// These rungs, in this order.
    pub fn rungs(mut self, rungs: &[Rung]) -> Self {
        self.rungs = rungs.to_vec();
        self
    }

    /// Calls `watch` with the rung, the scenarios and the executions done, every now and then, on the calling thread.
    pub fn watch(mut self, watch: impl Fn(Rung, u64, u64) + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// Explores. Rungs after one with a finding do not run.
    pub fn run(self) -> Report {
        let mut rungs = Vec::new();
        for rung in &self.rungs {
            let report = self.climb(*rung);
            let found = matches!(report.verdict, Verdict::Violation(_));
            rungs.push(report);
            if found {
                break;
            }
        }
        Report {
            name: self.subject.name().to_owned(),
            rungs,
            left_out: self.subject.left_out().map(|(method, reason)| (method.to_owned(), reason.to_owned())).collect(),
        }
    }

    /// Weakens each atomic ordering in turn and explores the small scenarios again, with loom: is it needed? Within the
    /// budget, 20 s if none is set; a few scenarios are explored with each whatever the budget.
    pub fn orderings(self) -> Orderings {
        self.watched(Rung::Loom, ladder::orderings)
    }

    fn climb(&self, rung: Rung) -> crate::verdict::RungReport {
        self.watched(rung, |subject, options, progress| ladder::climb(subject, options, rung, progress))
    }

    /// Runs `work` on a thread of its own where somebody watches.
    fn watched<R: Send>(&self, rung: Rung, work: impl Fn(&Subject, &Options, Arc<Progress>) -> R + Send + Sync) -> R {
        let progress = Arc::new(Progress::default());
        let Some(watch) = &self.watch else {
            return work(&self.subject, &self.options, progress);
        };
        raceproof::explore::native::thread::scope(|scope| {
            let (subject, options, shared) = (&self.subject, &self.options, Arc::clone(&progress));
            let worker = scope.spawn(move || work(subject, options, shared));
            while !worker.is_finished() {
                watch(rung, progress.scenarios.load(Relaxed), progress.executions.load(Relaxed));
                raceproof::explore::native::thread::sleep(std::time::Duration::from_millis(50));
            }
            worker.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))
        })
    }
}
