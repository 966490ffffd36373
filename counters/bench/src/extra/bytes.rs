//! Bytes: of an idle object of each strategy, and of a task that waits.

use super::heap;
use crate::options::Options;
use crate::report::{Facts, Report, figure};
use std::sync::{Arc, Barrier, Mutex};

/// So many objects are made, so that what all share weighs little.
const OBJECTS: usize = 10_000;

/// Bytes of one: itself, and its share of the heap after one use.
fn weigh<T>(objects: usize, make: impl Fn() -> T, touch: impl Fn(&T)) -> (usize, f64) {
    let mut all: Vec<T> = Vec::with_capacity(objects);
    let ((), grown) = heap::growth(|| {
        for _ in 0..objects {
            let one = make();
            touch(&one);
            all.push(one);
        }
    });
    (size_of::<T>(), grown as f64 / objects as f64)
}

pub(crate) fn measure(_: &Options, report: &mut Report) {
    use raceproof::counter::{
        ActorCounter, AtomicCounter, MutexCounter, RwLockCounter, SerialCounter, ShardedCounter, StripedCounter,
    };
    use raceproof::map::{LeftRightMap, MutexMap, ShardedMap};
    report.progress("bytes");
    let mut rows = Vec::new();
    let mut row = |name: &str, (own, heap): (usize, f64)| {
        rows.push(vec![name.to_owned(), own.to_string(), figure(heap)]);
    };
    row("MutexCounter", weigh(OBJECTS, MutexCounter::new, MutexCounter::increment));
    row("RwLockCounter", weigh(OBJECTS, RwLockCounter::new, RwLockCounter::increment));
    row("AtomicCounter", weigh(OBJECTS, AtomicCounter::new, AtomicCounter::increment));
    row("ShardedCounter", weigh(1_000, ShardedCounter::new, ShardedCounter::increment));
    row("SerialCounter", weigh(OBJECTS, SerialCounter::new, SerialCounter::increment));
    row("ActorCounter, and a thread", weigh(50, ActorCounter::new, ActorCounter::increment));
    row("StripedCounter", weigh(OBJECTS, StripedCounter::new, StripedCounter::increment));
    row("MutexMap of one entry", weigh(OBJECTS, MutexMap::<u64, u64>::new, |map| assert!(map.insert(1, 1).is_none())));
    row(
        "LeftRightMap of one entry",
        weigh(OBJECTS, LeftRightMap::<u64, u64>::new, |map| assert!(map.insert(1, 1).is_none())),
    );
    row("ShardedMap of one entry", weigh(100, ShardedMap::<u64, u64>::new, |map| assert!(map.insert(1, 1).is_none())));
    report.facts.push(Facts {
        name: "bytes-idle",
        title: "Bytes of an idle object, after one use by one thread".to_owned(),
        head: ["", "itself", "on the heap"].map(str::to_owned).to_vec(),
        rows,
        notes: Vec::new(),
    });
    if let Some(facts) = blocked() {
        report.facts.push(facts);
    }
}

/// What a thread takes that waits for a lock.
fn blocked() -> Option<Facts> {
    const THREADS: usize = 500;
    let before = Memory::now()?;
    let lock = Arc::new(Mutex::new(()));
    let gate = Arc::new(Barrier::new(THREADS + 1));
    let held = lock.lock().ok()?;
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (lock, gate) = (Arc::clone(&lock), Arc::clone(&gate));
            std::thread::spawn(move || {
                gate.wait();
                drop(lock.lock());
            })
        })
        .collect();
    // raceproof: allow(blocking_under_lock): none of the threads at the gate has the lock; they take it afterwards
    gate.wait();
    // They have all passed the gate; give them time to reach the lock and stop there.
    std::thread::sleep(std::time::Duration::from_millis(100));
    let after = Memory::now()?;
    drop(held);
    for thread in threads {
        let _ = thread.join();
    }
    let each = |after: u64, before: u64| figure(after.saturating_sub(before) as f64 / THREADS as f64);
    Some(Facts {
        name: "bytes-blocked",
        title: format!("Kilobytes of a thread that waits for a lock ({THREADS} of them)"),
        head: ["", "KB each"].map(str::to_owned).to_vec(),
        rows: vec![
            vec!["resident in the process".to_owned(), each(after.resident, before.resident)],
            vec!["kernel stacks, the whole machine's".to_owned(), each(after.stacks, before.stacks)],
            vec!["page tables, the process's".to_owned(), each(after.tables, before.tables)],
        ],
        notes: vec!["measured since: a goroutine 2.7, a tokio task 0.35".to_owned()],
    })
}

/// Kilobytes, as Linux tells them.
struct Memory {
    resident: u64,
    stacks: u64,
    tables: u64,
}

impl Memory {
    fn now() -> Option<Self> {
        let own = std::fs::read_to_string("/proc/self/status").ok()?;
        let all = std::fs::read_to_string("/proc/meminfo").ok()?;
        let field = |text: &str, name: &str| -> Option<u64> {
            text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse().ok())
        };
        Some(Self {
            resident: field(&own, "VmRSS:")?,
            stacks: field(&all, "KernelStack:")?,
            tables: field(&own, "VmPTE:")?,
        })
    }
}
