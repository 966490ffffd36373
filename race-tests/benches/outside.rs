//! What the facade costs in a build with `explore`, outside any exploration: `cargo bench -p raceproof-test --bench
//! outside`.
//!
//! Such a build is every test build of a crate that has the explorer among its dev-dependencies, so it must stay usable:
//! at most 1.5 times std a lock operation, taken and let go. Ours and std's run in turn, and the medians are compared.

use raceproof::guarded;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Measurements, of which the median counts: an odd number.
const MEASUREMENTS: usize = 31;
/// Lock operations of one.
const OPERATIONS: u32 = 200_000;
/// Ours by std's, at most.
const MOST: f64 = 1.5;

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
}

fn timed(mut operation: impl FnMut()) -> Duration {
    let began = Instant::now();
    for _ in 0..OPERATIONS {
        operation();
    }
    began.elapsed()
}

/// Measures both in turn, and prints a line.
fn compare(what: &str, mut theirs: impl FnMut(), mut ours: impl FnMut()) -> bool {
    let mut measured: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    timed(&mut theirs);
    timed(&mut ours);
    for _ in 0..MEASUREMENTS {
        measured[0].push(timed(&mut theirs));
        measured[1].push(timed(&mut ours));
    }
    let [theirs, ours] = measured.map(|mut times| {
        times.sort();
        times[MEASUREMENTS / 2].as_nanos() as f64 / f64::from(OPERATIONS)
    });
    let ratio = ours / theirs;
    let met = ratio <= MOST;
    println!("{what:<28} {theirs:>8.2} {ours:>8.2} {ratio:>6.2}{}", if met { "" } else { "  MISSED" });
    met
}

fn main() -> ExitCode {
    if cfg!(debug_assertions) || !raceproof::EXPLORE {
        eprintln!("this measures a release build with `explore`: cargo bench -p raceproof-test --bench outside");
        return ExitCode::from(2);
    }
    let (std_mutex, std_rwlock) = (std::sync::Mutex::new(0_u64), std::sync::RwLock::new(0_u64));
    let (mutex, rwlock) = (raceproof::sync::Mutex::new(0_u64), raceproof::sync::RwLock::new(0_u64));
    let counter = Counter::default();
    println!("nanoseconds                       std     ours  ratio");
    let met = [
        compare(
            "Mutex, lock and unlock",
            || *black_box(&std_mutex).lock().unwrap() += 1,
            || *black_box(&mutex).lock().unwrap() += 1,
        ),
        compare(
            "RwLock, read and unlock",
            || _ = black_box(*black_box(&std_rwlock).read().unwrap()),
            || _ = black_box(*black_box(&rwlock).read().unwrap()),
        ),
        compare(
            "RwLock, write and unlock",
            || *black_box(&std_rwlock).write().unwrap() += 1,
            || *black_box(&rwlock).write().unwrap() += 1,
        ),
        compare(
            "guarded counter, increment",
            || *black_box(&std_mutex).lock().unwrap() += 1,
            || black_box(&counter).increment(),
        ),
    ];
    println!("target: at most {MOST}");
    if met.into_iter().all(|met| met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
