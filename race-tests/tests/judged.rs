//! What a verdict must not get wrong: correct types that look suspicious, and broken ones that look innocent.

use raceproof::guarded;
use raceproof::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use raceproof::sync::{Condvar, Mutex, RwLock};
use raceproof_test::{Explorer, Kind, Report, Rung, Subject, Verdict, subject};
use std::collections::VecDeque;
use std::sync::Arc;

fn explore(subject: Subject) -> Report {
    Explorer::new(subject).budget(1.0).run()
}

fn found(report: &Report) -> Kind {
    report.finding().unwrap_or_else(|| panic!("{report}")).kind
}

/// A third addition locks what it holds.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct LocksItself {
    value: Mutex<u32>,
}

#[guarded]
impl LocksItself {
    pub fn add(&self) {
        let mut value = self.value.lock().unwrap_or_else(|e| e.into_inner());
        *value += 1;
        if *value == 3 {
            drop(self.value.lock());
        }
    }
}

#[test]
fn a_thread_that_waits_for_itself_is_found_on_one_thread() {
    let report = explore(subject!(LocksItself));
    assert_eq!(found(&report), Kind::Deadlock);
    let text = report.to_string();
    assert!(text.contains("waits for itself") && text.contains("judged.rs"), "{text}");
}

static PLAIN: Mutex<u64> = Mutex::new(0);

/// Catches the refusal of a plain static.
#[guarded(tests = off)]
#[derive(Default)]
struct Swallows {
    value: u64,
}

#[guarded]
impl Swallows {
    pub fn add(&mut self) -> u64 {
        let _ = std::panic::catch_unwind(|| *PLAIN.lock().unwrap_or_else(|e| e.into_inner()) += 1);
        self.value += 1;
        self.value
    }
}

#[test]
fn a_refusal_that_is_caught_is_told_all_the_same() {
    let report = Explorer::new(subject!(Swallows)).rungs(&[Rung::Loom, Rung::Shuttle]).budget(0.0).run();
    assert_eq!(found(&report), Kind::Refused, "{report}");
    let report = Explorer::new(subject!(Swallows)).rungs(&[Rung::Sequential]).budget(0.0).run();
    assert!(!report.ok(), "{report}");
}

/// A lost update beside a NaN.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct BesideNan {
    value: Mutex<u64>,
}

#[guarded]
impl BesideNan {
    pub fn add(&self) -> (u64, f64) {
        let seen = *self.value.lock().unwrap_or_else(|e| e.into_inner());
        *self.value.lock().unwrap_or_else(|e| e.into_inner()) = seen + 1;
        (seen, f64::NAN)
    }
}

#[test]
fn nan_hides_nothing_beside_it() {
    assert_eq!(found(&explore(subject!(BesideNan))), Kind::NotLinearizable);
}

/// `Clone` loses the capacity, which `push` looks at.
#[guarded(tests = off)]
#[derive(Clone)]
struct Bounded {
    items: Vec<u8>,
}

#[guarded]
impl Bounded {
    pub fn new() -> Self {
        Self { items: Vec::with_capacity(2) }
    }
    pub fn push(&mut self, item: u8) -> bool {
        let room = self.items.len() < self.items.capacity();
        if room {
            self.items.push(item);
        }
        room
    }
    pub fn pop(&mut self) -> Option<u8> {
        self.items.pop()
    }
}

/// `Clone` shares what is behind it.
#[guarded(tests = off)]
#[derive(Clone, Default)]
struct Shares {
    value: Arc<RwLock<u64>>,
}

#[guarded]
impl Shares {
    pub fn add(&mut self) -> u64 {
        let mut value = self.value.write().unwrap_or_else(|e| e.into_inner());
        *value += 1;
        *value
    }
}

#[test]
fn a_clone_that_leaves_something_out_or_shares_it_is_no_violation() {
    for report in [explore(subject!(Bounded)), explore(subject!(Shares))] {
        assert!(report.ok(), "{report}");
    }
}

/// A queue whose `pop` waits.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Queue {
    items: Mutex<VecDeque<u8>>,
    news: Condvar,
}

#[guarded]
impl Queue {
    pub fn push(&self, item: u8) {
        self.items.lock().unwrap_or_else(|e| e.into_inner()).push_back(item);
        self.news.notify_one();
    }
    pub fn pop(&self) -> u8 {
        let items = self.items.lock().unwrap_or_else(|e| e.into_inner());
        let mut items = self.news.wait_while(items, |items| items.is_empty()).unwrap_or_else(|e| e.into_inner());
        items.pop_front().unwrap_or_default()
    }
}

/// The same queue, whose `push` wakes nobody.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct SilentQueue {
    items: Mutex<VecDeque<u8>>,
    news: Condvar,
}

#[guarded]
impl SilentQueue {
    pub fn push(&self, item: u8) {
        self.items.lock().unwrap_or_else(|e| e.into_inner()).push_back(item);
    }
    pub fn pop(&self) -> u8 {
        let items = self.items.lock().unwrap_or_else(|e| e.into_inner());
        let mut items = self.news.wait_while(items, |items| items.is_empty()).unwrap_or_else(|e| e.into_inner());
        items.pop_front().unwrap_or_default()
    }
}

// Two `pop`s on an empty queue wait by right. A `pop` that waits although something was pushed does not.
#[test]
fn a_deadlock_is_one_only_if_the_plain_struct_would_not_wait() {
    let report = Explorer::new(subject!(Queue)).rungs(&[Rung::Sequential, Rung::Loom, Rung::Shuttle]).budget(1.0).run();
    assert!(report.ok(), "{report}");
    assert!(report.to_string().contains("as the specification says they must"), "{report}");
    for rung in [Rung::Loom, Rung::Shuttle] {
        let report = Explorer::new(subject!(SilentQueue)).rungs(&[rung]).budget(1.0).run();
        assert_eq!(found(&report), Kind::Deadlock, "a lost wake-up: {report}");
    }
}

/// Store buffering with SeqCst: at most one of the two may enter.
#[guarded(rwlock, tests = off)]
struct Dekker {
    left: AtomicBool,
    right: AtomicBool,
    inside: AtomicUsize,
    order: Ordering,
}

#[guarded]
impl Dekker {
    pub fn with(order: Ordering) -> Self {
        let (left, right) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { left, right, inside: AtomicUsize::new(0), order }
    }
    pub fn left(&self) {
        self.left.store(true, self.order);
        let load = if self.order == Ordering::SeqCst { Ordering::SeqCst } else { Ordering::Acquire };
        if !self.right.load(load) {
            self.inside.fetch_or(1, Ordering::AcqRel);
        }
    }
    pub fn right(&self) {
        self.right.store(true, self.order);
        let load = if self.order == Ordering::SeqCst { Ordering::SeqCst } else { Ordering::Acquire };
        if !self.left.load(load) {
            self.inside.fetch_or(2, Ordering::AcqRel);
        }
    }
    pub fn both(&self) -> bool {
        self.inside.load(Ordering::Acquire) == 3
    }
}

#[test]
fn what_only_a_weakened_seqcst_shows_is_inconclusive() {
    let report =
        Explorer::new(subject!(Dekker = Dekker::with(Ordering::SeqCst))).rungs(&[Rung::Loom]).budget(1.0).run();
    assert!(report.ok(), "{report}");
    let weak = report.rungs[0].weak.as_ref().expect("told, though it fails nothing");
    assert!(weak.to_string().contains("inconclusive"), "{weak}");
    // With Release and Acquire both may enter, and that is no matter of loom's.
    let report =
        Explorer::new(subject!(Dekker = Dekker::with(Ordering::Release))).rungs(&[Rung::Loom]).budget(1.0).run();
    assert_eq!(found(&report), Kind::NotLinearizable, "{report}");
}

/// Taken by a swap, given back by a store.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Spinlock {
    taken: AtomicBool,
    value: AtomicUsize,
}

#[guarded]
impl Spinlock {
    pub fn add(&self) -> usize {
        while self.taken.swap(true, Ordering::Acquire) {
            raceproof::hint::spin_loop();
        }
        let value = self.value.load(Ordering::Relaxed) + 1;
        self.value.store(value, Ordering::Relaxed);
        self.taken.store(false, Ordering::Release);
        value
    }
}

#[test]
fn a_spinlock_that_works_is_not_reported() {
    let report = explore(subject!(Spinlock));
    assert!(report.ok() && report.to_string().contains("spin without end under loom"), "{report}");
}

/// Starts a thread, and waits for it.
#[guarded(tests = off)]
#[derive(Default)]
struct Helped {
    value: u64,
}

#[guarded]
impl Helped {
    pub fn add(&mut self) -> u64 {
        let value = self.value;
        self.value = raceproof::thread::spawn(move || value + 1).join().unwrap_or(0);
        self.value
    }
}

#[test]
fn more_threads_than_loom_has_are_no_violation() {
    let report = explore(subject!(Helped));
    assert!(report.ok(), "{report}");
    let loom = &report.rungs[1];
    assert!(matches!(loom.verdict, Verdict::Bounded(_)), "{report}");
}

/// Its helper waits for the lock that its caller holds.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Handover {
    value: Arc<Mutex<u64>>,
}

#[guarded]
impl Handover {
    pub fn add(&self) {
        let guard = self.value.lock().unwrap_or_else(|e| e.into_inner());
        let value = Arc::clone(&self.value);
        let helper = raceproof::thread::spawn(move || *value.lock().unwrap_or_else(|e| e.into_inner()) += 1);
        drop(guard);
        let _ = helper.join();
    }
}

#[test]
fn a_helper_that_no_specification_can_run_is_refused_by_name() {
    let report = explore(subject!(Handover));
    assert_eq!(found(&report), Kind::Refused, "{report}");
    assert!(report.to_string().contains("a thread that the tested code starts would wait"), "{report}");
}

/// A thread whose panic reads like the kit's own words.
#[guarded(tests = off)]
#[derive(Default)]
struct Misleading {
    value: u8,
}

#[guarded]
impl Misleading {
    pub fn start(&mut self) {
        self.value = self.value.wrapping_add(1);
        raceproof::thread::spawn(|| panic!("restart two"));
    }
}

#[test]
fn a_panic_that_says_restart_is_a_panic() {
    let report = Explorer::new(subject!(Misleading)).threads(2).operations(1).rungs(&[Rung::Loom]).budget(0.0).run();
    assert_eq!(found(&report), Kind::Panic, "{report}");
}
