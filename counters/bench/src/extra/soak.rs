//! 10 million operations from 8 real threads on each strategy: then the exact content, flat memory, and no thread left.

use crate::options::Options;
use std::process::ExitCode;

/// Threads that are at it.
const THREADS: u64 = 8;

/// What a strategy came to.
struct Outcome {
    name: &'static str,
    seconds: f64,
    /// What is wrong, if anything is.
    wrong: Vec<String>,
}

/// Runs one strategy twice: what it takes at first, it may keep; what a second time adds to it is a leak.
fn run(name: &'static str, operations: u64, once: impl Fn(u64) -> Result<(), String>) -> Outcome {
    let started = std::time::Instant::now();
    let threads = threads();
    let mut wrong = Vec::new();
    // Warm: pools, thread-local blocks, whatever is kept for good.
    wrong.extend(once(operations / 10).err());
    let ((), grown) = super::heap::growth(|| wrong.extend(once(operations).err()));
    // Blocks that threads hand on may be a few more, if more threads were alive at once. A leak grows with operations.
    if grown > 64 << 10 {
        wrong.push(format!("{grown} bytes more than before"));
    }
    // A thread that was joined may still be leaving.
    let mut left = threads;
    for _ in 0..50 {
        left = self::threads();
        if left <= threads {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    if left > threads {
        wrong.push(format!("{} threads more than before", left - threads));
    }
    Outcome { name, seconds: started.elapsed().as_secs_f64(), wrong }
}

/// The process's threads, where the system tells.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// So many increments, and exactly so many are there.
fn counter<C: Sync>(
    operations: u64,
    make: impl Fn() -> C,
    increment: impl Fn(&C) + Sync,
    get: impl Fn(&C) -> u64 + Sync,
) -> Result<(), String> {
    let counter = make();
    let each = operations / THREADS;
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut last = 0;
                for nth in 0..each {
                    increment(&counter);
                    if nth % 1_000 == 0 {
                        let now = get(&counter);
                        assert!(now > nth && now >= last, "{now} after {last}, and {} of my own", nth + 1);
                        last = now;
                    }
                }
            });
        }
    });
    match get(&counter) {
        total if total == each * THREADS => Ok(()),
        total => Err(format!("{total} of {}", each * THREADS)),
    }
}

macro_rules! counters {
    ($operations:ident, $($name:ident)*) => {
        vec![$({
            use raceproof::counter::$name;
            run(stringify!($name), $operations, |n| counter(n, $name::new, $name::increment, $name::get))
        }),*]
    };
}

pub(crate) fn soak(options: &Options) -> ExitCode {
    let operations = options.operations;
    let outcomes: Vec<Outcome> =
        counters!(operations, MutexCounter RwLockCounter AtomicCounter ShardedCounter StripedCounter);
    let mut failed = false;
    println!("{operations} operations from {THREADS} threads on each");
    for one in &outcomes {
        failed |= !one.wrong.is_empty();
        let verdict =
            if one.wrong.is_empty() { "exact, memory flat, threads gone".to_owned() } else { one.wrong.join("; ") };
        println!("  {:<20} {:>7.2} s  {verdict}", one.name, one.seconds);
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
