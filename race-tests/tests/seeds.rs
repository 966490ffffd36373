//! Correct types and their broken doubles, under many seeds: no alarm for the one, none missed of the other.
//!
//! Each seed explores each type on every rung, no further than the floor, and so its `lost_update()`, the same type with
//! a lock that is dropped between reading and writing back. `cargo test` takes one seed; with `RACEPROOF_SEEDS=50`, as
//! `.ci/run` has it, it is 50, and 5 for the four types that take ten times as long, which takes minutes. The table says
//! what each type cost.
//!
//! loom goes first and is likely to find a mutant before shuttle is asked. So each mutant is also given to shuttle alone;
//! what that finds is counted and not demanded, since the ladder is what promises.

use raceproof::guarded;
use raceproof_test::{Explorer, Report, Rung, Subject, Verdict, subject};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// One word, and the compare-exchange loop.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn increment(&mut self) {
        self.value = self.value.wrapping_add(1);
    }
    pub fn try_add(&mut self, #[arg(0..4u64)] amount: u64) -> Result<u64, ()> {
        self.value = self.value.checked_add(amount).ok_or(())?;
        Ok(self.value)
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// A mailbox that its callers empty: posted calls, and calls that wait.
#[guarded(actor, owner = caller, tests = off)]
#[derive(Default)]
struct Journal {
    lines: u64,
}

#[guarded]
impl Journal {
    pub fn write(&mut self, #[arg(1..3u64)] line: u64) {
        self.lines = (self.lines * 10 + line) % 1_000_000;
    }
    pub fn append(&mut self, #[arg(1..3u64)] line: u64) -> u64 {
        self.lines = (self.lines * 10 + line) % 1_000_000;
        self.lines
    }
    pub fn read(&self) -> u64 {
        self.lines
    }
}

/// A mailbox with a thread of its own.
#[guarded(actor, tests = off)]
#[derive(Default)]
struct Courier {
    sent: u64,
}

#[guarded]
impl Courier {
    pub fn send(&mut self, #[arg(1..3u64)] letter: u64) {
        self.sent = (self.sent * 10 + letter) % 1_000_000;
    }
    pub fn deliver(&mut self) -> u64 {
        std::mem::take(&mut self.sent)
    }
}

/// The same, and a queue for each sender.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct Meter {
    used: u64,
}

#[guarded]
impl Meter {
    #[commutes]
    pub fn tick(&mut self, #[arg(1..3u64)] used: u64) {
        self.used += used;
    }
    pub fn bill(&mut self) -> u64 {
        std::mem::take(&mut self.used)
    }
}

/// Two copies, and readers that wait for nobody.
#[guarded(left_right, tests = off)]
#[derive(Clone, Default)]
struct Timetable {
    departures: Vec<u8>,
}

#[guarded]
impl Timetable {
    pub fn add(&mut self, #[arg(1..3u8)] hour: u8) -> usize {
        self.departures.push(hour);
        self.departures.len()
    }
    pub fn cancel(&mut self) -> Option<u8> {
        self.departures.pop()
    }
    pub fn next(&self) -> Option<u8> {
        self.departures.last().copied()
    }
}

/// The last write wins, so that only what a write returns tells of a lost one.
#[guarded(rwlock, tests = off)]
#[derive(Clone, Default)]
struct Register {
    value: u8,
}

#[guarded]
impl Register {
    pub fn write(&mut self, value: u8) {
        self.value = value;
    }
    pub fn swap(&mut self, value: u8) -> u8 {
        std::mem::replace(&mut self.value, value)
    }
    pub fn compare_exchange(&mut self, current: u8, new: u8) -> Result<u8, u8> {
        if self.value == current { Ok(std::mem::replace(&mut self.value, new)) } else { Err(self.value) }
    }
    pub fn read(&self) -> u8 {
        self.value
    }
}

/// Last in, first out; the state has no `Clone`.
#[guarded(tests = off)]
#[derive(Default)]
struct Stack {
    items: Vec<u8>,
}

#[guarded]
impl Stack {
    pub fn push(&mut self, item: u8) {
        self.items.push(item);
    }
    pub fn pop(&mut self) -> Option<u8> {
        self.items.pop()
    }
    pub fn peek(&self) -> Option<u8> {
        self.items.last().copied()
    }
}

/// First in, first out, with a method that takes many at once.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Queue {
    items: VecDeque<u8>,
}

#[guarded]
impl Queue {
    pub fn put(&mut self, item: u8) {
        self.items.push_back(item);
    }
    pub fn take(&mut self) -> Option<u8> {
        self.items.pop_front()
    }
    pub fn drain(&mut self) -> Vec<u8> {
        self.items.drain(..).collect()
    }
    pub fn len(&self) -> usize {
        self.items.len()
    }
}

/// A state without `Hash`, and results that do not depend on its order.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Map {
    entries: HashMap<u8, u8>,
}

#[guarded]
impl Map {
    pub fn insert(&mut self, #[arg(0..3u8)] key: u8, value: u8) -> Option<u8> {
        self.entries.insert(key, value)
    }
    pub fn remove(&mut self, #[arg(0..3u8)] key: u8) -> Option<u8> {
        self.entries.remove(&key)
    }
    pub fn add(&mut self, #[arg(0..3u8)] key: u8, value: u8) -> u8 {
        let entry = self.entries.entry(key).or_default();
        *entry = entry.wrapping_add(value);
        *entry
    }
    pub fn get(&self, #[arg(0..3u8)] key: u8) -> Option<u8> {
        self.entries.get(&key).copied()
    }
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[guarded(tests = off)]
#[derive(Debug)]
struct Account {
    balance: u32,
}

#[guarded]
impl Account {
    pub const fn with(balance: u32) -> Self {
        Self { balance }
    }
    pub fn withdraw(&mut self, amount: u32) -> bool {
        let enough = self.balance >= amount;
        self.balance -= if enough { amount } else { 0 };
        enough
    }
    pub fn deposit(&mut self, amount: u32) {
        self.balance += amount;
    }
    pub fn balance(&self) -> u32 {
        self.balance
    }
}

/// Guarded objects in a guarded object: the outer lock makes a transfer one step.
#[guarded(tests = off)]
struct Bank {
    left: Account,
    right: Account,
}

#[guarded]
impl Bank {
    pub fn new() -> Self {
        Self { left: Account::with(3), right: Account::with(3) }
    }
    pub fn transfer(&mut self, #[arg(1..3u32)] amount: u32, there: bool) -> bool {
        let (from, to) = if there { (&self.left, &self.right) } else { (&self.right, &self.left) };
        let enough = from.withdraw(amount);
        if enough {
            to.deposit(amount);
        }
        enough
    }
    pub fn balances(&self) -> (u32, u32) {
        (self.left.balance(), self.right.balance())
    }
}

/// Room for two: whether an element goes in depends on those that are there.
#[guarded(tests = off)]
#[derive(Clone, Default)]
struct SmallSet {
    elements: BTreeSet<u8>,
}

#[guarded]
impl SmallSet {
    pub fn insert(&mut self, #[arg(0..4u8)] element: u8) -> Result<bool, usize> {
        if self.elements.len() == 2 && !self.elements.contains(&element) {
            return Err(self.elements.len());
        }
        Ok(self.elements.insert(element))
    }
    pub fn remove(&mut self, #[arg(0..4u8)] element: u8) -> bool {
        self.elements.remove(&element)
    }
    pub fn contains(&self, #[arg(0..4u8)] element: u8) -> bool {
        self.elements.contains(&element)
    }
    pub fn smallest(&self) -> Option<u8> {
        self.elements.first().copied()
    }
}

/// Tokens in a word: a body that may leave the state as it was.
#[guarded(atomic, tests = off)]
struct TokenBucket {
    tokens: u32,
}

#[guarded]
impl TokenBucket {
    pub const fn new() -> Self {
        Self { tokens: 2 }
    }
    pub fn take(&mut self, #[arg(1..3u32)] tokens: u32) -> bool {
        match self.tokens.checked_sub(tokens) {
            Some(left) => {
                self.tokens = left;
                true
            }
            None => false,
        }
    }
    pub fn refill(&mut self, #[arg(1..3u32)] tokens: u32) -> u32 {
        let room = 4 - self.tokens;
        self.tokens += tokens.min(room);
        tokens.min(room)
    }
    pub fn tokens(&self) -> u32 {
        self.tokens
    }
}

/// The last three lines, each with a number that is never given twice.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct RingLog {
    lines: VecDeque<(u32, u8)>,
    next: u32,
}

#[guarded]
impl RingLog {
    pub fn write(&mut self, line: u8) -> u32 {
        if self.lines.len() == 3 {
            self.lines.pop_front();
        }
        self.lines.push_back((self.next, line));
        self.next += 1;
        self.next - 1
    }
    pub fn clear(&mut self) {
        self.lines.clear();
    }
    pub fn read(&self) -> Vec<(u32, u8)> {
        self.lines.iter().copied().collect()
    }
}

/// Borrowed arguments, and results that own what they name.
#[guarded(tests = off)]
#[derive(Default)]
struct Registry {
    names: BTreeMap<String, u32>,
}

#[guarded]
impl Registry {
    pub fn intern(&mut self, #[arg("[ab]")] name: &str) -> u32 {
        let next = self.names.len() as u32;
        *self.names.entry(name.to_owned()).or_insert(next)
    }
    pub fn forget(&mut self, #[arg("[ab]")] name: &str) -> bool {
        self.names.remove(name).is_some()
    }
    pub fn number(&self, #[arg("[ab]")] name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }
    pub fn names(&self) -> String {
        self.names.keys().cloned().collect::<Vec<_>>().join(" ")
    }
}

/// Parts by key, and what runs on all of them.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Shards {
    entries: BTreeMap<u8, u8>,
}

#[guarded]
impl Shards {
    pub fn insert(&mut self, #[key] key: u8, value: u8) -> Option<u8> {
        self.entries.insert(key, value)
    }
    pub fn get(&self, #[key] key: u8) -> Option<u8> {
        self.entries.get(&key).copied()
    }
    #[merge(sum)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    #[merge(each)]
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// Parts by thread.
#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub fn hit(&mut self) {
        self.value = self.value.wrapping_add(1);
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// Stripes by thread, added to by ones: reads are linearizable although nothing is locked.
#[guarded(striped, tests = off)]
#[derive(Default)]
struct Clicks {
    value: u64,
}

#[guarded]
impl Clicks {
    pub fn click(&mut self) {
        self.value = self.value.saturating_add(1);
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// Two fields in one word, and instructions on one alone.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Gate {
    open: bool,
    passed: u8,
}

#[guarded]
impl Gate {
    pub fn set(&mut self, open: bool) -> bool {
        std::mem::replace(&mut self.open, open)
    }
    pub fn pass(&mut self) -> Option<u8> {
        self.passed = self.passed.wrapping_add(u8::from(self.open));
        self.open.then_some(self.passed)
    }
    pub fn passed(&self) -> u8 {
        self.passed
    }
}

/// Instructions on a narrow field with a sign.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Level {
    level: i8,
}

#[guarded]
impl Level {
    pub fn raise(&mut self, to: i8) -> i8 {
        self.level = self.level.max(to);
        self.level
    }
    pub fn add(&mut self, n: i8) {
        self.level = self.level.wrapping_add(n);
    }
    pub fn take(&mut self) -> i8 {
        std::mem::take(&mut self.level)
    }
    pub fn level(&self) -> i8 {
        self.level
    }
}

/// What all seeds of one type came to.
#[derive(Default)]
struct Row {
    executions: u64,
    time: Duration,
    /// Mutants found, by the rung that found them.
    by_loom: u64,
    by_shuttle: u64,
    /// Mutants that shuttle finds without loom.
    by_shuttle_alone: u64,
    /// The most executions until a mutant was found, in any seed: how near the floor is.
    latest: u64,
    mutant_time: Duration,
    complaints: Vec<String>,
}

impl Row {
    fn correct(&mut self, subject: &Subject, seed: u64) {
        let began = Instant::now();
        let report = Explorer::new(subject.clone()).seed(seed).budget(0.0).run();
        self.time += began.elapsed();
        self.executions += report.executions();
        // All rungs but the mutants', each with a verdict that a test passes with; and nothing left out of the exploration.
        if !report.ok() || report.rungs.len() != Rung::ALL.len() - 1 || !report.left_out.is_empty() {
            self.complaints.push(format!("seed {seed}: the correct type is not ok\n{report}"));
        }
    }

    fn mutant(&mut self, subject: &Subject, seed: u64) {
        let began = Instant::now();
        let mutant = subject.lost_update();
        let explore = |rungs: &[Rung]| Explorer::new(mutant.clone()).seed(seed).budget(0.0).rungs(rungs).run();
        let report = explore(&[Rung::Loom, Rung::Shuttle]);
        self.by_shuttle_alone += u64::from(found_by(&explore(&[Rung::Shuttle])).is_some());
        self.mutant_time += began.elapsed();
        match found_by(&report) {
            Some(Rung::Loom) => self.by_loom += 1,
            Some(_) => self.by_shuttle += 1,
            None => self.complaints.push(format!("seed {seed}: the mutant is missed\n{report}")),
        }
        self.latest = self.latest.max(report.executions());
    }
}

/// The rung that says violation.
fn found_by(report: &Report) -> Option<Rung> {
    report.rungs.iter().find(|rung| matches!(rung.verdict, Verdict::Violation(_))).map(|rung| rung.rung)
}

fn seeds() -> u64 {
    match std::env::var("RACEPROOF_SEEDS") {
        Ok(text) => match text.trim().parse() {
            Ok(seeds) if seeds > 0 => seeds,
            _ => panic!("RACEPROOF_SEEDS={text}: a number of seeds, from 1"),
        },
        Err(_) => 1,
    }
}

#[test]
fn no_alarm_and_none_missed() {
    let subjects = [
        subject!(Counter),
        subject!(Register),
        subject!(Stack),
        subject!(Queue),
        subject!(Map),
        subject!(Bank),
        subject!(SmallSet),
        subject!(TokenBucket),
        subject!(RingLog),
        subject!(Registry),
        subject!(Shards),
        subject!(Hits),
        subject!(Clicks),
        subject!(Gate),
        subject!(Level),
        subject!(Journal),
        subject!(Timetable),
        subject!(Courier),
        subject!(Meter),
    ];
    let seeds = seeds();
    println!("{seeds} seeds      correct                    mutant, found");
    println!("type         executions   seconds   by loom  by shuttle  by shuttle alone   latest   seconds");
    let mut complaints = Vec::new();
    for subject in subjects {
        let mut row = Row::default();
        // What takes ten times as long as the others has a tenth of the seeds.
        let long = ["Journal", "Timetable", "Courier", "Meter"].contains(&subject.name());
        for number in 0..if long { seeds.div_ceil(10) } else { seeds } {
            // Far apart, and the same in every run.
            let seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed;
            row.correct(&subject, seed);
            row.mutant(&subject, seed);
        }
        println!(
            "{:<12} {:>10} {:>9.1} {:>9} {:>11} {:>17} {:>8} {:>9.1}",
            subject.name(),
            row.executions,
            row.time.as_secs_f64(),
            row.by_loom,
            row.by_shuttle,
            row.by_shuttle_alone,
            row.latest,
            row.mutant_time.as_secs_f64(),
        );
        complaints.extend(row.complaints.into_iter().map(|complaint| format!("{}, {complaint}", subject.name())));
    }
    assert!(complaints.is_empty(), "{} complaints; the first ones:\n{}", complaints.len(), {
        complaints.truncate(3);
        complaints.join("\n\n")
    });
}
