//! False sharing: two counters that nobody shares, in one cache line and in two.

use crate::measure::{self, Contender, Kind, Run};
use crate::options::Options;
use crate::report::{Report, Table};
use crossbeam_utils::CachePadded;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Each thread has a counter of its own among these.
fn run<T: Sync>(threads: usize, operations: u64, counters: &[T], add: impl Fn(&T) + Sync) -> Run {
    let ns = measure::together(
        threads,
        |thread| &counters[thread % counters.len()],
        |counter| {
            for _ in 0..operations {
                add(black_box(*counter));
            }
        },
    );
    let all = threads as u64 * operations;
    Run { ns: ns / all as f64, lost: 0, operations: all }
}

fn read_modify_write(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

fn load_and_store(counter: &AtomicU64) {
    // raceproof: allow(atomic_load_store): what one writer alone may do, measured beside what many have to
    counter.store(counter.load(Relaxed) + 1, Relaxed);
}

/// Sixteen counters in two lines; two threads take the first two.
#[repr(align(128))]
struct Together([AtomicU64; 16]);

fn together() -> Together {
    Together(std::array::from_fn(|_| AtomicU64::new(0)))
}

fn apart() -> Vec<CachePadded<AtomicU64>> {
    (0..16).map(|_| CachePadded::new(AtomicU64::new(0))).collect()
}

pub(crate) fn measure(options: &Options, report: &mut Report) {
    let contenders = [
        Contender {
            name: "fetch_add, one line",
            kind: Kind::Baseline,
            run: |t, n| run(t, n, &together().0, read_modify_write),
        },
        Contender {
            name: "fetch_add, a line each",
            kind: Kind::Baseline,
            run: |t, n| run(t, n, &apart(), |one| read_modify_write(one)),
        },
        Contender {
            name: "load and store, one line",
            kind: Kind::Baseline,
            run: |t, n| run(t, n, &together().0, load_and_store),
        },
        Contender {
            name: "load and store, a line each",
            kind: Kind::Baseline,
            run: |t, n| run(t, n, &apart(), |one| load_and_store(one)),
        },
    ];
    let title = "False sharing: each thread has a counter that no other touches";
    let mut table = Table::new("sharing", title, "ns an operation; less is better", "threads", &contenders);
    for threads in [1, 2] {
        report.progress(&format!("false sharing, {threads} threads"));
        let rounds = measure::interleaved(&contenders, threads, options.runs, options.nanoseconds, 1_000);
        table.column(threads.to_string(), &contenders, rounds);
    }
    report.tables.push(table);
}
