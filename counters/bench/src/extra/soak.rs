//! 10 million operations from 8 real threads on each strategy: then the exact content, flat memory, and no thread left.

use crate::options::Options;
use raceproof::map::Map;
use std::collections::HashMap;
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
    // Blocks that threads hand on may be a few more, if more threads were alive at once, and a process keeps half a megabyte
    // for posted messages. A leak grows with operations: of one byte each it would be ten times as much.
    if grown > operations.min(1 << 20) as i64 {
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

/// Each thread has keys of its own, and all share some. What the own ones come to is known exactly, and the shared ones are
/// counted up by `update`, of which none may be lost.
fn map<M: Map<u64, u64>>(operations: u64, map: &M) -> Result<(), String> {
    const OWN: u64 = 1_000;
    const SHARED: u64 = 16;
    let each = operations / THREADS;
    for key in 0..SHARED {
        map.insert(key, 0);
    }
    let kept: Vec<HashMap<u64, u64>> = std::thread::scope(|scope| {
        let work = |thread: u64| {
            move || {
                let mut kept = HashMap::new();
                let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(thread + 1);
                for nth in 0..each {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let key = SHARED + thread * OWN + (random >> 33) % OWN;
                    match (random >> 20) % 4 {
                        0 => assert_eq!(map.insert(key, nth), kept.insert(key, nth)),
                        1 => assert_eq!(map.remove(&key), kept.remove(&key)),
                        2 => assert_eq!(map.get(&key), kept.get(&key).copied()),
                        _ => assert!(map.update(&(key % SHARED), |value| *value += 1)),
                    }
                }
                kept
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(work(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
    });
    let mut left: HashMap<u64, u64> = map.snapshot().into_iter().collect();
    let counted: u64 = (0..SHARED).filter_map(|key| left.remove(&key)).sum();
    let expected: HashMap<u64, u64> = kept.into_iter().flatten().collect();
    // Every operation was one of four, and which is known: those that were no update touched own keys.
    let updates: u64 = (0..THREADS).map(|thread| updates(thread, each)).sum();
    if left != expected {
        return Err(format!("{} entries, and not the {} expected", left.len(), expected.len()));
    }
    if counted != updates {
        return Err(format!("{counted} of {updates} updates"));
    }
    Ok(())
}

/// How many updates a thread makes.
fn updates(thread: u64, each: u64) -> u64 {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(thread + 1);
    let mut count = 0;
    for _ in 0..each {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        count += u64::from((random >> 20) % 4 == 3);
    }
    count
}

macro_rules! maps {
    ($operations:ident, $($name:ident)*) => {
        vec![$(run(stringify!($name), $operations, |n| map(n, &raceproof::map::$name::<u64, u64>::new()))),*]
    };
}

pub(crate) fn soak(options: &Options) -> ExitCode {
    let operations = options.operations;
    let mut outcomes: Vec<Outcome> = counters!(operations, MutexCounter RwLockCounter AtomicCounter ActorCounter SerialCounter ShardedCounter StripedCounter);
    outcomes.extend(maps!(operations, MutexMap RwLockMap ShardedMap LeftRightMap ActorMap SerialMap));
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
