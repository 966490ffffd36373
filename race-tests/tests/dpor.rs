//! The rung that runs one execution for each inequivalent interleaving: planted bugs and their twins.

use raceproof::guarded;
use raceproof::sync::atomic::{AtomicU32, Ordering::SeqCst};
use raceproof::sync::{Condvar, Mutex, MutexGuard};
use raceproof_test::{Explorer, Finding, Kind, Rung, RungReport, Subject, Verdict, measure, replay_once, subject};
use std::collections::VecDeque;

fn explore(subject: Subject) -> RungReport {
    let mut report = Explorer::new(subject).rungs(&[Rung::Dpor]).budget(3.0).run();
    report.rungs.remove(0)
}

fn finds(subject: &Subject, kind: Kind) -> Finding {
    let Verdict::Violation(finding) = explore(subject.clone()).verdict else { panic!("the bug is missed") };
    assert_eq!(finding.kind, kind, "{finding}");
    assert!(finding.to_string().contains("\n  found by dpor, in execution "), "{finding}");
    let again = replay_once(subject, &finding.token).expect("a token of this type").expect("it still fails");
    assert_eq!(again.kind, kind, "{again}");
    assert_eq!(again.scenario.operations(), finding.scenario.operations());
    *finding
}

fn passes(subject: Subject) -> RungReport {
    let report = explore(subject);
    assert!(report.verdict.ok(), "{report}");
    report
}

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

// 90 orders of six critical sections, by three threads with two each; the closing look adds none.
#[test]
fn six_sections_on_three_threads_take_ninety_executions() {
    for (threads, operations, classes) in [(2, 2, 6), (2, 4, 70), (3, 2, 90)] {
        let subject = subject!(Counter);
        let scenario = measure::scenario(&subject, &vec![vec!["increment"; operations]; threads], &["get"]);
        let measured = measure::dpor(&subject, &scenario);
        assert!(measured.executions * 10 <= classes * 12, "{threads}x{operations}: {measured:?}");
    }
    assert!(matches!(passes(subject!(Counter)).verdict, Verdict::Exhausted));
    finds(&subject!(Counter).lost_update(), Kind::NotLinearizable);
}

/// Two numbers that are read one after the other.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Torn {
    left: AtomicU32,
    right: AtomicU32,
}

#[guarded]
impl Torn {
    pub fn left(&self) {
        self.left.fetch_add(1, SeqCst);
    }
    pub fn right(&self) {
        self.right.fetch_add(1, SeqCst);
    }
    pub fn both(&self) -> (u32, u32) {
        (self.left.load(SeqCst), self.right.load(SeqCst))
    }
}

/// The same with the reader alone.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Whole {
    left: AtomicU32,
    right: AtomicU32,
}

#[guarded]
impl Whole {
    pub fn left(&self) {
        self.left.fetch_add(1, SeqCst);
    }
    pub fn right(&self) {
        self.right.fetch_add(1, SeqCst);
    }
    pub fn both(&mut self) -> (u32, u32) {
        (self.left.load(SeqCst), self.right.load(SeqCst))
    }
}

// "left" on one thread, "right" on another, and "both" in between: nothing orders the first two, so the one execution
// that stands for both orders may have them either way. (0, 1) is wrong only where "left" was over before "right" began.
#[test]
fn a_violation_that_needs_real_time_is_found_whatever_order_was_run() {
    let torn = subject!(Torn);
    let scenario = measure::scenario(&torn, &[vec!["left"], vec!["right"], vec!["both"]], &[]);
    assert!(measure::dpor_finds(&torn, &scenario).is_some());
    let whole = subject!(Whole);
    let scenario = measure::scenario(&whole, &[vec!["left"], vec!["right"], vec!["both"]], &[]);
    assert_eq!(measure::dpor_finds(&whole, &scenario), None);
    finds(&torn, Kind::NotLinearizable);
    passes(whole);
}

macro_rules! queue {
    ($name:ident, $notify:expr) => {
        /// A queue whose takers wait.
        #[guarded(rwlock, tests = off)]
        #[derive(Default)]
        struct $name {
            items: Mutex<VecDeque<u8>>,
            news: Condvar,
        }

        #[guarded]
        impl $name {
            fn lock(&self) -> MutexGuard<'_, VecDeque<u8>> {
                self.items.lock().unwrap_or_else(|e| e.into_inner())
            }
            pub fn put(&self, #[arg(0..4u8)] item: u8) {
                self.lock().push_back(item);
                let notify: fn(&Condvar) = $notify;
                notify(&self.news);
            }
            pub fn take(&self) -> u8 {
                let mut items = self.lock();
                loop {
                    if let Some(item) = items.pop_front() {
                        return item;
                    }
                    items = self.news.wait(items).unwrap_or_else(|e| e.into_inner());
                }
            }
        }
    };
}
queue!(Queue, |news| news.notify_one());
queue!(Silent, |_| ());

// Who takes from an empty queue waits by right, and that does not end the exploration.
#[test]
fn waiting_by_right_is_no_deadlock_and_being_forgotten_is_one() {
    let report = passes(subject!(Queue));
    assert!(matches!(report.verdict, Verdict::Exhausted), "{report}");
    let finding = finds(&subject!(Silent), Kind::Deadlock);
    assert_eq!(finding.scenario.operations(), 2, "{finding}");
}

/// A flag that is waited for by looking.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Gate {
    open: AtomicU32,
}

#[guarded]
impl Gate {
    pub fn open(&self) {
        self.open.store(1, SeqCst);
    }
    pub fn look(&self) -> u32 {
        for _ in 0..6 {
            if self.open.load(SeqCst) == 1 {
                return 1;
            }
            raceproof::hint::spin_loop();
        }
        2
    }
}

// It passes, and does not claim to have tried every number of rounds.
#[test]
fn a_spin_is_told() {
    let report = passes(subject!(Gate));
    let Verdict::Bounded(bound) = report.verdict else { panic!("{report}") };
    assert!(bound.contains("turns in circles"), "{bound}");
}
