//! What exploring a scenario costs beside the same scenario written by hand for the engine: `cargo bench -p
//! raceproof-test --bench exploration`.
//!
//! The scenario is a counter behind a mutex: so many threads, so many increments each, and one look at the end. Ours goes
//! through the guarded type, the recorder and the checker. By hand there are two for loom. The plain one is as its
//! documentation writes models: start every thread, join them, assert, and share through loom's `Arc`. The lean one knows
//! what makes loom take executions: its main thread does one share of the work, and it shares through std's `Arc`. Ours
//! does the same, so it is the lean one that shows what the kit itself costs.
//!
//! The two sides run in turn, several times in a measurement where one is short, and the medians are compared; the
//! executions under loom are the same every time. The program fails where a target is missed: under loom against the lean
//! model, under shuttle against the plain one, with the lean one beside it. The clocks have no target: what they show is
//! worth more executions.
//!
//! `-- --quick` takes seconds: fewer measurements, the small shapes, and figures to match. `benches/measure.sh` makes the
//! README's rows of what is printed.

use loom::model::Builder as Loom;
use raceproof::guarded;
use raceproof_test::{Scenario, Subject, measure, subject};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How long it may take.
#[derive(Clone, Copy)]
struct Effort {
    /// Of which the median counts: an odd number.
    measurements: usize,
    /// What a measurement takes at least.
    long_enough: Duration,
    /// Schedules of a plain depth-first search, after which it is given up.
    depth_first: usize,
    /// Interleavings of the largest shape that dpor is measured with.
    classes: u64,
}

const FULL: Effort =
    Effort { measurements: 25, long_enough: Duration::from_millis(15), depth_first: 300_000, classes: u64::MAX };
const QUICK: Effort =
    Effort { measurements: 3, long_enough: Duration::from_millis(2), depth_first: 20_000, classes: 100 };

/// Ours by theirs, at most: executions and wall time under loom, without a clock.
const MOST_EXECUTIONS: f64 = 1.2;
const MOST_TIME: f64 = 1.3;
/// Ours by theirs, at least: schedules a second under shuttle.
const LEAST_SPEED: f64 = 0.8;

#[guarded(tests = off)]
#[derive(Default)]
struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn increment(&mut self) {
        self.value += 1;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// Threads and operations a thread.
#[derive(Clone, Copy)]
struct Shape {
    threads: usize,
    operations: usize,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}x{}", self.threads, self.operations))
    }
}

impl Shape {
    fn scenario(self, subject: &Subject) -> Scenario {
        measure::scenario(subject, &vec![vec!["increment"; self.operations]; self.threads], &["get"])
    }
}

/// Every execution of a model; returns how many there were.
fn every_execution(bound: Option<usize>, model: impl Fn() + Send + Sync + 'static) -> u64 {
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut builder = Loom::new();
    builder.preemption_bound = bound;
    builder.max_branches = 4_000;
    builder.check(move || {
        count.fetch_add(1, Relaxed);
        model();
    });
    executions.load(Relaxed)
}

fn plain(Shape { threads, operations }: Shape, bound: Option<usize>) -> u64 {
    every_execution(bound, move || {
        let counter = loom::sync::Arc::new(loom::sync::Mutex::new(0));
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                let counter = counter.clone();
                loom::thread::spawn(move || (0..operations).for_each(|_| *counter.lock().unwrap() += 1))
            })
            .collect();
        for handle in handles {
            handle.join().unwrap();
        }
        assert_eq!(*counter.lock().unwrap(), threads * operations);
    })
}

fn lean(Shape { threads, operations }: Shape, bound: Option<usize>) -> u64 {
    every_execution(bound, move || {
        let counter = Arc::new(loom::sync::Mutex::new(0));
        let handles: Vec<_> = (1..threads)
            .map(|_| {
                let counter = counter.clone();
                loom::thread::spawn(move || (0..operations).for_each(|_| *counter.lock().unwrap() += 1))
            })
            .collect();
        (0..operations).for_each(|_| *counter.lock().unwrap() += 1);
        for handle in handles {
            handle.join().unwrap();
        }
        assert_eq!(*counter.lock().unwrap(), threads * operations);
    })
}

/// So many random schedules of the model by hand, plain or lean.
fn shuttle_by_hand(Shape { threads, operations }: Shape, lean: bool, schedules: usize, seed: u64) {
    let mut config = shuttle::Config::new();
    config.failure_persistence = shuttle::FailurePersistence::None;
    let scheduler = shuttle::scheduler::RandomScheduler::new_from_seed(seed, schedules);
    let run = shuttle::Runner::new(scheduler, config).run(move || {
        let counter = Arc::new(shuttle::sync::Mutex::new(0));
        let work =
            move |counter: &shuttle::sync::Mutex<usize>| (0..operations).for_each(|_| *counter.lock().unwrap() += 1);
        let handles: Vec<_> = (usize::from(lean)..threads)
            .map(|_| {
                let counter = counter.clone();
                shuttle::thread::spawn(move || work(&counter))
            })
            .collect();
        if lean {
            work(&counter);
        }
        for handle in handles {
            handle.join().unwrap();
        }
        assert_eq!(*counter.lock().unwrap(), threads * operations);
    });
    assert_eq!(run, schedules);
}

fn timed(times: u32, mut body: impl FnMut()) -> Duration {
    let began = Instant::now();
    for _ in 0..times {
        body();
    }
    began.elapsed() / times
}

/// The medians of both, measured in turn. Each runs once before, which also says how often a measurement repeats it.
fn in_turn(effort: Effort, mut theirs: impl FnMut(), mut ours: impl FnMut()) -> (Duration, Duration) {
    let repeat = |once: Duration| (effort.long_enough.as_nanos() / once.as_nanos().max(1) + 1).min(10_000) as u32;
    timed(1, &mut theirs);
    timed(1, &mut ours);
    let times = (repeat(timed(1, &mut theirs)), repeat(timed(1, &mut ours)));
    let mut measured: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..effort.measurements {
        measured[0].push(timed(times.0, &mut theirs));
        measured[1].push(timed(times.1, &mut ours));
    }
    let [theirs, ours] = measured.map(|mut times| {
        times.sort();
        times[effort.measurements / 2]
    });
    (theirs, ours)
}

/// Whether a clock's executions can be waited for: the clock is one more thing that all threads contend for, and
/// without a bound even 2x3 takes 118,745 executions and 3x2 more than a person waits for.
fn worthwhile(shape: Shape, bound: Option<usize>) -> bool {
    bound.is_some() || shape.threads * shape.operations <= 4
}

fn with_loom(effort: Effort, subject: &Subject) -> bool {
    let mut met = true;
    let shapes = [(2, 2), (2, 3), (3, 2)].map(|(threads, operations)| Shape { threads, operations });
    let bounds = [None, Some(2)];
    let name = |bound: Option<usize>| bound.map_or("none".to_owned(), |bound| bound.to_string());

    println!("loom, every execution        executions           milliseconds");
    println!("shape bound  clock           lean   ours  ratio      lean      ours  ratio");
    for (shape, bound) in shapes.into_iter().flat_map(|shape| bounds.map(|bound| (shape, bound))) {
        let scenario = shape.scenario(subject);
        let by_hand = lean(shape, bound);
        for clock in ["order", "observed", "unobserved"] {
            // "order" is program order alone.
            let clocked = clock != "order";
            if clocked && !worthwhile(shape, bound) {
                println!("{shape:<5} {:<6} {clock:<11} left out: it takes too long", name(bound));
                continue;
            }
            let explored = measure::loom(subject, &scenario, clock, bound).executions;
            let (theirs, ours) =
                in_turn(effort, || _ = lean(shape, bound), || _ = measure::loom(subject, &scenario, clock, bound));
            let executions = explored as f64 / by_hand as f64;
            let time = ours.as_secs_f64() / theirs.as_secs_f64();
            let missed = !clocked && (executions > MOST_EXECUTIONS || time > MOST_TIME);
            met &= !missed;
            println!(
                "{shape:<5} {:<6} {:<11} {by_hand:>8} {explored:>6} {executions:>6.2} {:>9.3} {:>9.3} {time:>6.2}{}",
                name(bound),
                if clocked { clock } else { "none" },
                theirs.as_secs_f64() * 1e3,
                ours.as_secs_f64() * 1e3,
                if missed { "  MISSED" } else { "" },
            );
        }
    }
    println!("targets, without a clock: executions at most {MOST_EXECUTIONS}, time at most {MOST_TIME}\n");

    println!("once each, without a clock   executions           milliseconds");
    println!("shape bound                 plain   ours  ratio     plain      ours  ratio");
    for (shape, bound) in shapes.into_iter().flat_map(|shape| bounds.map(|bound| (shape, bound))) {
        let scenario = shape.scenario(subject);
        let (mut by_hand, mut explored) = (0, 0);
        let theirs = timed(1, || by_hand = plain(shape, bound));
        let ours = timed(1, || explored = measure::loom(subject, &scenario, "order", bound).executions);
        println!(
            "{shape:<5} {:<6} {by_hand:>20} {explored:>6} {:>6.2} {:>9.3} {:>9.3} {:>6.2}",
            name(bound),
            explored as f64 / by_hand as f64,
            theirs.as_secs_f64() * 1e3,
            ours.as_secs_f64() * 1e3,
            ours.as_secs_f64() / theirs.as_secs_f64(),
        );
    }
    println!();
    met
}

/// Every schedule of the model by hand, by shuttle's own depth-first search, up to so many.
fn depth_first(Shape { threads, operations }: Shape, most: usize) -> usize {
    let mut config = shuttle::Config::new();
    config.failure_persistence = shuttle::FailurePersistence::None;
    let scheduler = shuttle::scheduler::DfsScheduler::new(Some(most), false);
    shuttle::Runner::new(scheduler, config).run(move || {
        let counter = Arc::new(shuttle::sync::Mutex::new(0));
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                let counter = counter.clone();
                shuttle::thread::spawn(move || (0..operations).for_each(|_| *counter.lock().unwrap() += 1))
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
    })
}

/// One execution for each inequivalent interleaving, beside loom and beside plain depth-first search.
fn with_dpor(effort: Effort, subject: &Subject) -> bool {
    const MOST_CLASSES: f64 = 1.2;
    let mut met = true;
    println!("every interleaving, SC         executions                            milliseconds");
    println!("shape classes       dpor  ratio     loom  depth-first        dpor      loom  executions/s");
    let shapes = [(2, 2, 6), (2, 3, 20), (2, 4, 70), (3, 2, 90), (3, 3, 1680), (4, 2, 2520)];
    for (threads, operations, classes) in shapes.into_iter().filter(|(.., classes)| *classes <= effort.classes) {
        let shape = Shape { threads, operations };
        let scenario = shape.scenario(subject);
        let explored = measure::dpor(subject, &scenario).executions;
        let plain = depth_first(shape, effort.depth_first);
        // 42,390 executions for 3x3, with another's seconds; for 4x2 more than a person waits for.
        let small = threads * operations < 8;
        let loom = small.then(|| measure::loom(subject, &scenario, "order", None).executions);
        let (theirs, ours) = in_turn(
            effort,
            || _ = small.then(|| measure::loom(subject, &scenario, "order", None)),
            || _ = measure::dpor(subject, &scenario),
        );
        let ratio = explored as f64 / classes as f64;
        let missed = ratio > MOST_CLASSES;
        met &= !missed;
        println!(
            "{shape:<5} {classes:>7} {explored:>10} {ratio:>6.2} {:>8} {:>12} {:>11.3} {:>9} {:>13.0}{}",
            loom.map_or("-".to_owned(), |executions| executions.to_string()),
            if plain < effort.depth_first { plain.to_string() } else { format!("> {}", effort.depth_first) },
            ours.as_secs_f64() * 1e3,
            if small { format!("{:.3}", theirs.as_secs_f64() * 1e3) } else { "-".to_owned() },
            explored as f64 / ours.as_secs_f64(),
            if missed { "  MISSED" } else { "" }
        );
    }
    println!("target: at most {MOST_CLASSES} executions a class\n");
    met
}

fn with_shuttle(effort: Effort, subject: &Subject) -> bool {
    let mut met = true;
    println!("shuttle, random schedules    schedules/s");
    println!("shape model             hand        ours  ratio");
    let shapes = [(Shape { threads: 3, operations: 2 }, 2_000), (Shape { threads: 8, operations: 50 }, 100)];
    for ((shape, schedules), lean) in shapes.into_iter().flat_map(|shape| [(shape, false), (shape, true)]) {
        let scenario = shape.scenario(subject);
        let seeds: Vec<u64> = (1..=64).collect();
        let (mut their_seeds, mut our_seeds) = (seeds.iter().cycle(), seeds.iter().cycle());
        let (theirs, ours) = in_turn(
            effort,
            || shuttle_by_hand(shape, lean, schedules, *their_seeds.next().unwrap_or(&0)),
            || _ = measure::shuttle(subject, &scenario, schedules as u64, *our_seeds.next().unwrap_or(&0)),
        );
        let speed = |time: Duration| schedules as f64 / time.as_secs_f64();
        let ratio = speed(ours) / speed(theirs);
        let missed = !lean && ratio < LEAST_SPEED;
        met &= !missed;
        println!(
            "{shape:<5} {:<9} {:>12.0} {:>11.0} {ratio:>6.2}{}",
            if lean { "lean" } else { "plain" },
            speed(theirs),
            speed(ours),
            if missed { "  MISSED" } else { "" }
        );
    }
    println!("target: at least {LEAST_SPEED} of the plain model");
    met
}

fn main() -> ExitCode {
    if cfg!(debug_assertions) {
        eprintln!("a debug build measures the wrong thing: cargo bench -p raceproof-test --bench exploration");
        return ExitCode::from(2);
    }
    let mut effort = FULL;
    for argument in std::env::args().skip(1) {
        match &*argument {
            "--quick" => effort = QUICK,
            // Cargo's own.
            "--bench" => {}
            other => {
                eprintln!("{other}: the one thing that can be asked for is --quick");
                return ExitCode::from(2);
            }
        }
    }
    let subject = subject!(Counter);
    let loom = with_loom(effort, &subject);
    let dpor = with_dpor(effort, &subject);
    let shuttle = with_shuttle(effort, &subject);
    if loom && dpor && shuttle { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
