//! Interleaved runs and what is made of them.
//!
//! A machine's speed wanders: another program wakes, a clock drops. Contenders that run one after the other, each for a
//! while, are compared under different weather. So each round runs every contender once, the order turning from round
//! to round, and a ratio is taken within its round.

use std::sync::Barrier;
use std::time::Instant;

/// One run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Nanoseconds an operation: from the first task's start to the last one's end, by all operations.
    pub(crate) ns: f64,
    /// Operations that left no trace.
    pub(crate) lost: u64,
    pub(crate) operations: u64,
}

/// Who is measured.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Runs so many tasks, each with so many operations.
    pub(crate) run: fn(usize, u64) -> Run,
}

/// Whose a contender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer,
    /// Wrong, or no way to share anything: shown for what it would cost, compared with nobody.
    Baseline,
}

/// A median, and the quartiles around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |part: f64| values[((values.len() - 1) as f64 * part).round() as usize];
        Self { low: at(0.25), median: at(0.5), high: at(0.75) }
    }

    pub(crate) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let (a, b) = (change(self.low), change(self.high));
        Self { low: a.min(b), median: change(self.median), high: a.max(b) }
    }
}

/// All rounds of one contender at one number of tasks.
#[derive(Clone, Debug)]
pub(crate) struct Rounds {
    pub(crate) runs: Vec<Run>,
}

impl Rounds {
    pub(crate) fn ns(&self) -> Spread {
        Spread::of(self.runs.iter().map(|run| run.ns))
    }

    /// How often we are as fast as they: their time by ours, round by round.
    pub(crate) fn faster_than(&self, theirs: &Self) -> Spread {
        Spread::of(self.runs.iter().zip(&theirs.runs).map(|(our, their)| their.ns / our.ns))
    }

    pub(crate) fn lost(&self) -> (u64, u64) {
        self.runs.iter().fold((0, 0), |(lost, all), run| (lost + run.lost, all + run.operations))
    }
}

/// Runs all contenders, interleaved.
pub(crate) fn interleaved(contenders: &[Contender], tasks: usize, runs: usize, target: f64, grain: u64) -> Vec<Rounds> {
    let sizes: Vec<u64> = contenders.iter().map(|one| calibrate(one, tasks, target, grain)).collect();
    let mut rounds = vec![Rounds { runs: Vec::with_capacity(runs) }; contenders.len()];
    for round in 0..runs {
        for step in 0..contenders.len() {
            let at = (round + step) % contenders.len();
            rounds[at].runs.push((contenders[at].run)(tasks, sizes[at]));
        }
    }
    rounds
}

/// How many operations a task makes, so that a run takes about `target` nanoseconds. A multiple of `grain`.
fn calibrate(contender: &Contender, tasks: usize, target: f64, grain: u64) -> u64 {
    let mut operations = grain;
    loop {
        let run = (contender.run)(tasks, operations);
        let whole = run.ns * run.operations as f64;
        if whole >= target / 4.0 || operations >= 1 << 32 {
            let wanted = operations as f64 * target / whole.max(1.0);
            return (wanted as u64 / grain).max(1) * grain;
        }
        operations *= 4;
    }
}

/// Runs `body` on so many threads, from one start; the nanoseconds from the first start to the last end. `prepare` runs
/// on each thread before the clock does.
pub(crate) fn together<H>(tasks: usize, prepare: impl Fn(usize) -> H + Sync, body: impl Fn(&mut H) + Sync) -> f64 {
    let gate = Barrier::new(tasks);
    let times: Vec<(Instant, Instant)> = std::thread::scope(|scope| {
        let (gate, prepare, body) = (&gate, &prepare, &body);
        let threads: Vec<_> = (0..tasks)
            .map(|task| {
                let work = move || {
                    let mut hand = prepare(task);
                    gate.wait();
                    let start = Instant::now();
                    body(&mut hand);
                    (start, Instant::now())
                };
                std::thread::Builder::new().stack_size(128 << 10).spawn_scoped(scope, work).expect("a thread starts")
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a task ends")).collect()
    });
    let start = times.iter().map(|time| time.0).min().expect("a task");
    let end = times.iter().map(|time| time.1).max().expect("a task");
    (end - start).as_nanos() as f64
}
