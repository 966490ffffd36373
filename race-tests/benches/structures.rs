//! Types written by hand, beside the same code as a hand-written model on raw loom: `cargo bench -p raceproof-test --bench
//! structures`.
//!
//! Two questions. How many executions does it take to find a bug: of loom with the scenario that is known to show it, and of
//! the kit, which is told no scenario? And how fast is a correct structure explored? Both sides run the same source text, once
//! over loom's types and once over the facade's. loom is deterministic and so is the kit with its default seed, so executions
//! are the same every time; times are medians of runs in turn.

#![allow(missing_docs, unreachable_pub, reason = "public methods are those that threads share")]

use raceproof::concurrent;
use raceproof_test::{Explorer, Rung, Subject, measure, subject};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Executions to a bug, ours by theirs, at most; speed, ours by theirs, at least.
const MOST_EXECUTIONS: f64 = 3.0;
const LEAST_SPEED: f64 = 0.8;
/// Measurements, of which the median counts: an odd number.
const MEASUREMENTS: usize = 15;

/// The structures, over the types of a crate.
macro_rules! structures {
    ($module:ident, $types:ident) => {
        mod $module {
            use $types::cell::UnsafeCell;
            use $types::hint::spin_loop;
            use $types::sync::atomic::{AtomicU8, AtomicU32, Ordering};

            /// Tokens, taken at once or after a look.
            pub struct Bucket {
                tokens: AtomicU32,
                at_once: bool,
            }

            impl Bucket {
                pub fn with(at_once: bool) -> Self {
                    Self { tokens: AtomicU32::new(1), at_once }
                }
                pub fn take(&self) -> bool {
                    // Relaxed: a number, which publishes nothing.
                    let mut tokens = self.tokens.load(Ordering::Relaxed);
                    while let Some(left) = tokens.checked_sub(1) {
                        if !self.at_once {
                            self.tokens.store(left, Ordering::Relaxed);
                            return true;
                        }
                        match self.tokens.compare_exchange(tokens, left, Ordering::Relaxed, Ordering::Relaxed) {
                            Ok(_) => return true,
                            Err(now) => tokens = now,
                        }
                    }
                    false
                }
            }

            /// A ticket lock around a bare number.
            pub struct Ticket {
                next: AtomicU32,
                served: AtomicU32,
                value: UnsafeCell<u64>,
                unlock: Ordering,
            }

            // SAFETY: the number is touched by whoever's ticket is served. (With a Relaxed unlock it is a data race, which
            // is what is to be found; an engine runs one thread at a time.)
            unsafe impl Sync for Ticket {}
            // SAFETY: a number.
            unsafe impl Send for Ticket {}

            impl Ticket {
                pub fn with(unlock: Ordering) -> Self {
                    let (next, served) = (AtomicU32::new(0), AtomicU32::new(0));
                    Self { next, served, value: UnsafeCell::new(0), unlock }
                }
                pub fn add(&self) -> u64 {
                    // Relaxed: it takes a number. Acquire: pairs with the unlock before.
                    let ticket = self.next.fetch_add(1, Ordering::Relaxed);
                    while self.served.load(Ordering::Acquire) != ticket {
                        spin_loop();
                    }
                    let value = self.value.with_mut(|value| {
                        // SAFETY: this ticket is served.
                        unsafe {
                            *value += 1;
                            *value
                        }
                    });
                    // Release in the correct lock.
                    self.served.store(ticket + 1, self.unlock);
                    value
                }
            }

            const NODES: usize = 6;

            /// Michael and Scott's queue; see the tests for each ordering's reason.
            pub struct Queue {
                head: AtomicU32,
                tail: AtomicU32,
                fresh: AtomicU32,
                next: [AtomicU32; NODES],
                item: [AtomicU8; NODES],
                link: Ordering,
            }

            impl Queue {
                pub fn with(link: Ordering) -> Self {
                    Self {
                        head: AtomicU32::new(0),
                        tail: AtomicU32::new(0),
                        fresh: AtomicU32::new(1),
                        next: std::array::from_fn(|_| AtomicU32::new(0)),
                        item: std::array::from_fn(|_| AtomicU8::new(0)),
                        link,
                    }
                }
                pub fn push(&self, item: u8) -> bool {
                    let node = self.fresh.fetch_add(1, Ordering::Relaxed);
                    if node as usize >= NODES {
                        return false;
                    }
                    self.item[node as usize].store(item, Ordering::Relaxed);
                    loop {
                        let tail = self.tail.load(Ordering::Acquire);
                        match self.next[tail as usize].compare_exchange(0, node, self.link, Ordering::Acquire) {
                            Ok(_) => {
                                let _ = self.tail.compare_exchange(tail, node, Ordering::Release, Ordering::Relaxed);
                                return true;
                            }
                            Err(next) => {
                                let _ = self.tail.compare_exchange(tail, next, Ordering::Release, Ordering::Relaxed);
                            }
                        }
                    }
                }
                pub fn pop(&self) -> Option<u8> {
                    loop {
                        let head = self.head.load(Ordering::Acquire);
                        let next = self.next[head as usize].load(Ordering::Acquire);
                        if next == 0 {
                            return None;
                        }
                        let item = self.item[next as usize].load(Ordering::Relaxed);
                        if self.head.compare_exchange(head, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                            return Some(item);
                        }
                    }
                }
            }
        }
    };
}

structures!(raw, loom);
structures!(ours, raceproof);

struct Bucket(ours::Bucket);

#[derive(Clone, Hash)]
struct Tokens(u32);

impl Tokens {
    fn take(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

#[concurrent(spec = Tokens, start = Tokens(1), tests = off)]
impl Bucket {
    pub fn take(&self) -> bool {
        self.0.take()
    }
}

struct Ticket(ours::Ticket);

#[derive(Clone, Default, Hash)]
struct Counter(u64);

impl Counter {
    fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[concurrent(spec = Counter, tests = off)]
impl Ticket {
    pub fn add(&self) -> u64 {
        self.0.add()
    }
}

struct Queue(ours::Queue);

#[derive(Clone, Default, Hash)]
struct Items(VecDeque<u8>);

impl Items {
    fn push(&mut self, item: u8) -> bool {
        self.0.push_back(item);
        true
    }
    fn pop(&mut self) -> Option<u8> {
        self.0.pop_front()
    }
}

#[concurrent(spec = Items, tests = off)]
impl Queue {
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        self.0.push(item)
    }
    pub fn pop(&self) -> Option<u8> {
        self.0.pop()
    }
}

/// Runs a model until it fails or is exhausted: the executions that took, and whether it failed.
fn model(body: impl Fn() + Send + Sync + 'static) -> (u64, bool) {
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.max_branches = 4_000;
    let check = || {
        builder.check(move || {
            count.fetch_add(1, Relaxed);
            body();
        });
    };
    let failed = catch_unwind(AssertUnwindSafe(check)).is_err();
    (executions.load(Relaxed), failed)
}

/// Two threads of a model: one of loom's beside the main one, which shares through std's `Arc`, as the kit does.
fn two<T: Send + Sync + 'static>(object: T, one: impl Fn(&T) + Send + 'static, other: impl Fn(&T), end: impl Fn(&T)) {
    let object = Arc::new(object);
    let theirs = Arc::clone(&object);
    let handle = loom::thread::spawn(move || one(&theirs));
    other(&object);
    handle.join().expect("no thread panics");
    end(&object);
}

fn bucket_model(at_once: bool) -> (u64, bool) {
    model(move || {
        let taken = Arc::new(AtomicU64::new(0));
        let (one, other) = (Arc::clone(&taken), Arc::clone(&taken));
        two(
            raw::Bucket::with(at_once),
            move |bucket| _ = one.fetch_add(u64::from(bucket.take()), Relaxed),
            move |bucket| _ = other.fetch_add(u64::from(bucket.take()), Relaxed),
            |_| {},
        );
        assert!(taken.load(Relaxed) <= 1, "one token, taken twice");
    })
}

fn ticket_model(unlock: loom::sync::atomic::Ordering) -> (u64, bool) {
    model(move || {
        two(raw::Ticket::with(unlock), |lock| _ = lock.add(), |lock| _ = lock.add(), |lock| assert_eq!(lock.add(), 3));
    })
}

fn queue_model(link: loom::sync::atomic::Ordering) -> (u64, bool) {
    model(move || {
        two(
            raw::Queue::with(link),
            |queue| assert!(queue.push(1)),
            |queue| assert!(matches!(queue.pop(), None | Some(1)), "an item that nobody pushed"),
            |_| {},
        );
    })
}

/// Executions until the kit's loom rung finds something, all its scenarios together.
fn found(subject: Subject) -> u64 {
    let report = Explorer::new(subject).rungs(&[Rung::Loom]).budget(0.0).run();
    assert!(report.finding().is_some(), "{report}");
    report.executions()
}

fn timed(mut body: impl FnMut()) -> Duration {
    let began = Instant::now();
    body();
    began.elapsed()
}

/// Medians of both, measured in turn after one run of each, and the least and greatest ratio of a pair.
fn in_turn(mut theirs: impl FnMut(), mut ours: impl FnMut()) -> (Duration, Duration, f64, f64) {
    theirs();
    ours();
    let mut pairs: Vec<(Duration, Duration)> =
        (0..MEASUREMENTS).map(|_| (timed(&mut theirs), timed(&mut ours))).collect();
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
    use loom::sync::atomic::Ordering as Order;
    std::panic::set_hook(Box::new(|_| {}));
    let mut met = true;

    println!("executions to the bug          raw loom, known scenario   kit, told no scenario   ratio");
    let bugs: [(&str, (u64, bool), u64); 3] = [
        ("bucket that looks first", bucket_model(false), found(subject!(Bucket = Bucket(ours::Bucket::with(false))))),
        (
            "ticket unlocked Relaxed",
            ticket_model(Order::Relaxed),
            found(subject!(Ticket = Ticket(ours::Ticket::with(Order::Relaxed)))),
        ),
        (
            "queue linked Relaxed",
            queue_model(Order::Relaxed),
            found(subject!(Queue = Queue(ours::Queue::with(Order::Relaxed)))),
        ),
    ];
    for (name, (theirs, failed), ours) in bugs {
        assert!(failed, "{name}: the hand-written model shows the bug");
        let ratio = ours as f64 / theirs as f64;
        met &= ratio <= MOST_EXECUTIONS;
        let missed = if ratio > MOST_EXECUTIONS { "  MISSED" } else { "" };
        println!("{name:<30} {theirs:>24} {ours:>23} {ratio:>7.2}{missed}");
    }

    println!(
        "\ncorrect, every execution       executions: raw   kit   executions/s: raw       kit   ratio (least, most)"
    );
    let bucket = subject!(Bucket = Bucket(ours::Bucket::with(true)));
    let ticket = subject!(Ticket = Ticket(ours::Ticket::with(Order::Release)));
    let queue = subject!(Queue = Queue(ours::Queue::with(Order::Release)));
    let scenarios = [
        ("bucket, 2x1", &bucket, measure::scenario(&bucket, &[vec!["take"], vec!["take"]], &[])),
        ("ticket, 2x1 and one after", &ticket, measure::scenario(&ticket, &[vec!["add"], vec!["add"]], &["add"])),
        ("queue, 2x1", &queue, measure::scenario(&queue, &[vec!["pop"], vec!["push"]], &[])),
    ];
    let models: [fn() -> (u64, bool); 3] =
        [|| bucket_model(true), || ticket_model(Order::Release), || queue_model(Order::Release)];
    for ((name, subject, scenario), model) in scenarios.into_iter().zip(models) {
        let (theirs, failed) = model();
        assert!(!failed, "{name}: the hand-written model passes");
        let ours = measure::loom(subject, &scenario, "order", None).executions;
        let (their_time, our_time, least, most) =
            in_turn(|| _ = model(), || _ = measure::loom(subject, &scenario, "order", None));
        let speed = |executions: u64, time: Duration| executions as f64 / time.as_secs_f64();
        // Of the same work: the spread is of pairs of runs, made one after the other.
        let work = ours as f64 / theirs as f64;
        let ratio = speed(ours, our_time) / speed(theirs, their_time);
        met &= ratio >= LEAST_SPEED;
        let missed = if ratio < LEAST_SPEED { "  MISSED" } else { "" };
        println!(
            "{name:<30} {theirs:>15} {ours:>5} {:>19.0} {:>9.0} {ratio:>7.2} ({:.2}, {:.2}){missed}",
            speed(theirs, their_time),
            speed(ours, our_time),
            least * work,
            most * work,
        );
    }
    println!("targets: at most {MOST_EXECUTIONS} times the executions, at least {LEAST_SPEED} of the speed");
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
