//! Reports, word for word: what a person reads is what is checked.

use raceproof::guarded;
use raceproof::sync::Mutex;
use raceproof::sync::atomic::{AtomicUsize, Ordering};
use raceproof_test::{Explorer, Finding, Kind, Rung, Subject, subject};
use std::collections::HashMap;

fn find(subject: Subject, rung: Rung) -> Finding {
    let report = Explorer::new(subject).rungs(&[rung]).budget(1.0).run();
    match report.finding() {
        Some(finding) => finding.clone(),
        None => panic!("{report}"),
    }
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

#[test]
fn a_lost_update() {
    insta::assert_snapshot!(find(subject!(Counter).lost_update(), Rung::Loom));
}

#[test]
fn a_lost_update_found_by_shuttle_is_shown_by_loom() {
    let finding = find(subject!(Counter).lost_update(), Rung::Shuttle);
    assert!(finding.token.contains("~loom."), "small enough for loom: {finding}");
}

/// A stack whose `pop` looks and takes in two sections.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Stack {
    items: Mutex<Vec<u8>>,
}

#[guarded]
impl Stack {
    pub fn push(&self, item: u8) {
        self.items.lock().unwrap_or_else(|e| e.into_inner()).push(item);
    }
    pub fn pop(&self) -> Option<u8> {
        let top = self.items.lock().unwrap_or_else(|e| e.into_inner()).last().copied();
        if top.is_some() {
            self.items.lock().unwrap_or_else(|e| e.into_inner()).pop();
        }
        top
    }
}

#[test]
fn one_item_popped_twice() {
    insta::assert_snapshot!(find(subject!(Stack), Rung::Loom));
}

/// Two locks in two orders.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Crossed {
    left: Mutex<u32>,
    right: Mutex<u32>,
}

#[guarded]
impl Crossed {
    pub fn there(&self) {
        let mut left = self.left.lock().unwrap_or_else(|e| e.into_inner());
        *left += *self.right.lock().unwrap_or_else(|e| e.into_inner());
    }
    pub fn back(&self) {
        let mut right = self.right.lock().unwrap_or_else(|e| e.into_inner());
        *right += *self.left.lock().unwrap_or_else(|e| e.into_inner());
    }
}

#[test]
fn a_deadlock() {
    let finding = find(subject!(Crossed), Rung::Loom);
    assert_eq!(finding.kind, Kind::Deadlock);
    insta::assert_snapshot!(finding);
}

#[test]
fn a_deadlock_found_by_shuttle() {
    assert_eq!(find(subject!(Crossed), Rung::Shuttle).kind, Kind::Deadlock);
}

/// One lock, taken twice by the same thread.
#[guarded(tests = off)]
#[derive(Default)]
struct Twice {
    value: Mutex<u32>,
}

#[guarded]
impl Twice {
    pub fn add(&self) -> u32 {
        let first = self.value.lock().unwrap_or_else(|e| e.into_inner());
        *first + *self.value.lock().unwrap_or_else(|e| e.into_inner())
    }
}

#[test]
fn a_lock_taken_twice_is_found_on_one_thread() {
    let report = Explorer::new(subject!(Twice)).budget(0.1).run();
    assert!(!report.ok(), "{report}");
    assert!(report.to_string().contains("deadlock"), "{report}");
}

/// The order of a `HashMap`, shown.
#[guarded(tests = off)]
struct Names {
    names: HashMap<u8, u8>,
}

#[guarded]
impl Names {
    pub fn new() -> Self {
        Self { names: (0..32).map(|i| (i, i)).collect() }
    }
    pub fn keys(&self) -> Vec<u8> {
        self.names.keys().copied().collect()
    }
    pub fn set(&mut self, key: u8, value: u8) {
        self.names.insert(key, value);
    }
}

#[test]
fn nondeterminism_is_called_by_its_name() {
    let finding = find(subject!(Names), Rung::Sequential);
    assert_eq!(finding.kind, Kind::Nondeterministic, "{finding}");
    assert!(finding.to_string().contains("this is no race"), "{finding}");
}

/// A flag in an atomic, set with too little: the value behind it may be old.
#[guarded(rwlock, tests = off)]
struct Mailbox {
    value: AtomicUsize,
    full: AtomicUsize,
    store: Ordering,
}

#[guarded]
impl Mailbox {
    pub fn with(store: Ordering) -> Self {
        Self { value: AtomicUsize::new(0), full: AtomicUsize::new(0), store }
    }
    pub fn put(&self) {
        self.value.store(7, Ordering::Relaxed);
        self.full.store(1, self.store);
    }
    pub fn take(&self) -> Option<usize> {
        (self.full.load(Ordering::Acquire) == 1).then(|| self.value.load(Ordering::Relaxed))
    }
}

#[test]
fn a_missing_release_is_found_and_its_correct_twin_is_not_reported() {
    let finding = find(subject!(Mailbox = Mailbox::with(Ordering::Relaxed)), Rung::Loom);
    insta::assert_snapshot!(finding);
    let twin = subject!(Mailbox = Mailbox::with(Ordering::Release));
    let report = Explorer::new(twin).rungs(&[Rung::Loom]).budget(1.0).run();
    assert!(report.ok(), "{report}");
}
