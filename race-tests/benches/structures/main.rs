//! The classic structures, beside hand-written models of the same code on raw loom: `cargo bench -p raceproof-test --bench
//! structures`.
//!
//! Two questions. How many executions does it take to find a bug: of loom with the scenario that is known to show it, and of
//! the kit, which is told no scenario and climbs its rungs? And how fast is a correct structure explored: the same two
//! threads, every execution, by loom alone and by the kit, which records a history and judges it too? The kit's side is the
//! code of `tests/structures`; the other is that code over loom's types. loom is deterministic and so is the kit with its
//! default seed, so executions are the same every time; speeds are medians of runs in turn. `docs/structures.md` has what it
//! gave.

#![allow(unreachable_pub, dead_code, unused_imports, reason = "the tests of the structures are left out here")]

#[path = "../../tests/structures/dekker.rs"]
mod dekker;
#[path = "../../tests/structures/locks.rs"]
mod locks;
#[path = "../../tests/structures/michael_scott.rs"]
mod michael_scott;
#[path = "../../tests/structures/publishing.rs"]
mod publishing;
mod raw;
#[path = "../../tests/structures/support.rs"]
mod support;
#[path = "../../tests/structures/treiber.rs"]
mod treiber;
#[path = "../../tests/structures/two_locks.rs"]
mod two_locks;
#[path = "../../tests/structures/vyukov.rs"]
mod vyukov;
#[path = "../../tests/structures/waiting.rs"]
mod waiting;

use raceproof::sync::atomic::Ordering::{Relaxed, Release};
use raceproof_test::{Explorer, Rung, Subject, Verdict, measure};
use raw::Ran;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Executions to a bug, ours by theirs, at most; speed, ours by theirs, at least.
const MOST_EXECUTIONS: f64 = 3.0;
const LEAST_SPEED: f64 = 0.8;
/// Measurements, of which the median counts: an odd number. Each takes about so long.
const MEASUREMENTS: usize = 11;
const LONG: Duration = Duration::from_millis(30);

/// A broken structure: the model that is known to fail, and what the kit explores.
struct Bug {
    name: &'static str,
    model: fn(bool) -> Ran,
    subject: Subject,
}

/// A correct structure: a model of two threads, and what the kit explores of the same threads.
struct Right {
    name: &'static str,
    model: fn(bool) -> Ran,
    subject: Subject,
    threads: [&'static str; 2],
}

fn bugs() -> Vec<Bug> {
    let bug = |name, model, subject| Bug { name, model, subject };
    vec![
        bug("stack with ABA", raw::stack_of_three, treiber::some_stack(false)),
        bug("queue linked Relaxed", raw::queue, michael_scott::some_queue(Relaxed)),
        bug("ring published Relaxed", raw::ring, vyukov::some_ring(Relaxed)),
        bug("ticket unlocked Relaxed", raw::ticket, locks::some_ticket(Relaxed)),
        bug("MCS forgets the last", raw::mcs, locks::some_mcs(false)),
        bug("CLH raises its flag late", raw::clh, locks::some_clh(false)),
        bug("Dekker, Release/Acquire", raw::dekker, dekker::some_dekker(dekker::ACQ_REL)),
        bug("RCU without grace period", raw::rcu_of_three, publishing::some_rcu(false)),
        bug("count dropped Relaxed", raw::counted, publishing::some_counted(Relaxed)),
        bug("seqlock without fences", raw::seqlock, publishing::some_seqlock(false)),
        bug("bucket that looks first", raw::bucket, publishing::some_bucket(false)),
        bug("exchanger, no look back", raw::exchanger, publishing::some_exchanger(false)),
        bug("oneshot sleeps through", raw::oneshot, waiting::some_oneshot(false)),
        bug("semaphore looks once", raw::semaphore_of_two, waiting::some_semaphore(false)),
        bug("barrier wakes one", raw::barrier_of_three, waiting::some_barrier(false)),
        bug("queue shut down unlocked", raw::work, waiting::some_work(false)),
        bug("two upgrades", raw::upgrading, waiting::some_upgrading(false)),
        bug("philosophers, left first", raw::philosophers_three, waiting::some_philosophers(false)),
        bug("cache, crossed locks", raw::cache, two_locks::some_cache(two_locks::Way::Crossed)),
        bug("transfer, payer first", raw::bank, two_locks::some_bank(two_locks::Transfer::PayerFirst)),
        bug("transfer, one by one", raw::bank_one_by_one, two_locks::some_bank(two_locks::Transfer::OneByOne)),
    ]
}

/// All but Dekker's: loom takes its SeqCst for less, and fails.
fn right() -> Vec<Right> {
    let right = |name, model, subject, threads| Right { name, model, subject, threads };
    vec![
        right("stack", raw::stack_of_two, treiber::some_stack(true), ["push", "pop"]),
        right("queue", raw::queue, michael_scott::some_queue(Release), ["push", "pop"]),
        right("ring", raw::ring, vyukov::some_ring(Release), ["push", "pop"]),
        right("ticket", raw::ticket, locks::some_ticket(Release), ["add", "add"]),
        right("MCS", raw::mcs, locks::some_mcs(true), ["add_as", "add_as"]),
        right("CLH", raw::clh, locks::some_clh(true), ["add_as", "add_as"]),
        right("RCU", raw::rcu_of_two, publishing::some_rcu(true), ["read", "write"]),
        right("reference count", raw::counted, publishing::some_counted(Release), ["drop_owner", "look"]),
        right("seqlock", raw::seqlock, publishing::some_seqlock(true), ["read", "write"]),
        right("bucket", raw::bucket_by_ones, publishing::some_bucket(true), ["take", "take"]),
        right("exchanger", raw::exchanger, publishing::some_exchanger(true), ["exchange", "exchange"]),
        right("oneshot", raw::oneshot, waiting::some_oneshot(true), ["send", "receive"]),
        right("semaphore", raw::semaphore, waiting::some_semaphore(true), ["acquire", "release"]),
        right("barrier", raw::barrier, waiting::some_barrier(true), ["arrive", "arrive"]),
        right("work queue", raw::work, waiting::some_work(true), ["take", "shut_down"]),
        right("lock with upgrade", raw::upgrading, waiting::some_upgrading(true), ["add", "add"]),
        right("philosophers", raw::philosophers, waiting::some_philosophers(true), ["eat", "eat"]),
        right("cache", raw::cache, two_locks::some_cache(two_locks::Way::Ordered), ["put", "get"]),
        right(
            "transfer",
            raw::bank_one_way,
            two_locks::some_bank(two_locks::Transfer::TwoPhases),
            ["transfer", "transfer"],
        ),
    ]
}

/// Executions until the kit finds something, those of its earlier rungs included; the scenarios that it explored in vain
/// before; and the rung that finds it.
fn found(subject: Subject) -> Option<(u64, u64, Rung)> {
    let (mut executions, mut scenarios) = (0, 0);
    for rung in [Rung::Loom, Rung::Dpor, Rung::Shuttle] {
        let report = Explorer::new(subject.clone()).rungs(&[rung]).budget(0.0).run();
        executions += report.executions();
        scenarios += report.rungs[0].scenarios;
        if matches!(report.rungs[0].verdict, Verdict::Violation(_)) {
            return Some((executions, scenarios, rung));
        }
    }
    None
}

fn timed(times: u32, mut body: impl FnMut()) -> Duration {
    let began = Instant::now();
    for _ in 0..times {
        body();
    }
    began.elapsed() / times
}

/// Medians of both, measured in turn after one run of each, and the least and greatest ratio of a pair.
fn in_turn(mut theirs: impl FnMut(), mut ours: impl FnMut()) -> (Duration, Duration, f64, f64) {
    ours();
    let once = timed(1, &mut theirs).max(Duration::from_micros(1));
    let times = u32::try_from((LONG.as_nanos() / once.as_nanos()).max(1)).unwrap_or(1);
    let mut pairs: Vec<(Duration, Duration)> =
        (0..MEASUREMENTS).map(|_| (timed(times, &mut theirs), timed(times, &mut ours))).collect();
    let ratio = |(theirs, ours): &(Duration, Duration)| theirs.as_secs_f64() / ours.as_secs_f64();
    let ratios: Vec<f64> = pairs.iter().map(ratio).collect();
    let (least, most) = ratios.iter().fold((f64::MAX, f64::MIN), |(least, most), r| (least.min(*r), most.max(*r)));
    pairs.sort_by_key(|pair| pair.0);
    let theirs = pairs[MEASUREMENTS / 2].0;
    pairs.sort_by_key(|pair| pair.1);
    (theirs, pairs[MEASUREMENTS / 2].1, least, most)
}

fn main() -> ExitCode {
    if cfg!(debug_assertions) {
        eprintln!("a debug build measures the wrong thing: cargo bench -p raceproof-test --bench structures");
        return ExitCode::from(2);
    }
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = 0;

    println!(
        "executions to the bug      raw loom, known scenario   kit, told none   scenarios before   found by   ratio"
    );
    for Bug { name, model, subject } in bugs() {
        let (theirs, failed) = model(false);
        let ours = found(subject);
        let (Some((ours, scenarios, rung)), true) = (ours, failed) else {
            missed += 1;
            println!("{name:<26} {theirs:>24}   raw: {failed}, kit: {}  MISSED", ours.is_some());
            continue;
        };
        let ratio = ours as f64 / theirs as f64;
        let over = ratio > MOST_EXECUTIONS;
        missed += u32::from(over);
        println!(
            "{name:<26} {theirs:>24} {ours:>16} {scenarios:>18} {rung:>10} {ratio:>7.2}{}",
            if over { "  over 3" } else { "" }
        );
    }

    println!(
        "\ncorrect, every execution   executions: raw     kit   executions/s: raw       kit   ratio (least, most)"
    );
    for Right { name, model, subject, threads } in right() {
        let (theirs, failed) = model(true);
        assert!(!failed, "{name}: the hand-written model passes");
        let scenario = measure::scenario(&subject, &threads.map(|call| vec![call]), &[]);
        let ours = measure::loom(&subject, &scenario, "order", None).executions;
        let (their_time, our_time, least, most) =
            in_turn(|| _ = model(true), || _ = measure::loom(&subject, &scenario, "order", None));
        let speed = |executions: u64, time: Duration| executions as f64 / time.as_secs_f64();
        // Of the same work: the spread is of pairs of runs, made one after the other.
        let work = ours as f64 / theirs as f64;
        let ratio = speed(ours, our_time) / speed(theirs, their_time);
        let under = ratio < LEAST_SPEED;
        missed += u32::from(under);
        println!(
            "{name:<26} {theirs:>15} {ours:>7} {:>19.0} {:>9.0} {ratio:>7.2} ({:.2}, {:.2}){}",
            speed(theirs, their_time),
            speed(ours, our_time),
            least * work,
            most * work,
            if under { "  under 0.8" } else { "" }
        );
    }
    println!(
        "targets: at most {MOST_EXECUTIONS} times the executions, at least {LEAST_SPEED} of the speed; {missed} missed"
    );
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
