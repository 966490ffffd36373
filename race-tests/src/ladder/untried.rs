//! `JoinHandle::is_finished` is no step of the thread that ends: who asks is answered, and nobody claims to have tried it all.
#![allow(unreachable_pub, reason = "the attribute looks at `pub` methods")]

use crate::explore::{self, Clock, Limit};
use crate::verdict::{Rung, Verdict};
use crate::{Explorer, Subject, measure, subject};
use raceproof::explore::engine::supervise;
use raceproof::thread;
use std::time::Duration;

/// Nothing to remember.
#[derive(Clone, Default, Hash)]
struct Nothing;

impl Nothing {
    fn run(&mut self) {}
}

/// Starts a thread, and asks whether it has finished.
#[derive(Default)]
struct Asks;

#[raceproof::concurrent(spec = Nothing, tests = off)]
impl Asks {
    pub fn run(&self) {
        let thread = thread::spawn(|| ());
        let _ = thread.is_finished();
        thread.join().unwrap();
    }
}

/// Asks until it has finished, and never looks elsewhere.
#[derive(Default)]
struct Insists;

#[raceproof::concurrent(spec = Nothing, tests = off)]
impl Insists {
    pub fn run(&self) {
        let thread = thread::spawn(|| ());
        while !thread.is_finished() {}
        thread.join().unwrap();
    }
}

/// The twin: it waits.
#[derive(Default)]
struct Waits;

#[raceproof::concurrent(spec = Nothing, tests = off)]
impl Waits {
    pub fn run(&self) {
        thread::spawn(|| ()).join().unwrap();
    }
}

fn dpor(subject: Subject) -> Verdict {
    let mut report = Explorer::new(subject).budget(0.0).rungs(&[Rung::Dpor]).run();
    report.rungs.remove(0).verdict
}

fn says_all_under_loom(subject: Subject) -> bool {
    let scenario = measure::scenario(&subject, &[vec!["run"], vec!["run"]], &[]);
    let explored = supervise(Duration::from_secs(10), move || {
        explore::loom(&subject, &scenario, Clock::ProgramOrder, None, Limit::executions(100_000))
    });
    explored.unwrap_or_else(|_| panic!("it comes back")).says_all()
}

#[test]
fn who_asks_whether_a_thread_has_finished_exhausts_nothing() {
    for subject in [subject!(Asks), subject!(Insists)] {
        assert!(!says_all_under_loom(subject.clone()), "{}", subject.name());
        match dpor(subject.clone()) {
            Verdict::Bounded(why) => assert!(why.contains("whether a thread has finished"), "{why}"),
            other => panic!("{}: {other:?}", subject.name()),
        }
    }
    assert!(says_all_under_loom(subject!(Waits)));
    let verdict = dpor(subject!(Waits));
    assert!(matches!(verdict, Verdict::Exhausted), "{verdict:?}");
}
