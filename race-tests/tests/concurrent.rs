//! What each attribute of `#[concurrent]` promises: a type that keeps the promise, and one that does not.

#![allow(missing_docs, unreachable_pub, reason = "public methods are those that threads share")]

use raceproof::cell::UnsafeCell;
use raceproof::concurrent;
use raceproof::spec::Allowed;
use raceproof::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use raceproof::sync::{Condvar, Mutex, MutexGuard};
use raceproof_test::{Explorer, Kind, Report, Rung, Subject, race_tests, subject};
use std::collections::VecDeque;

#[track_caller]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn explore(subject: Subject) -> Report {
    Explorer::new(subject).budget(0.0).run()
}

#[track_caller]
fn passes(subject: Subject) {
    let report = explore(subject);
    assert!(report.ok(), "{report}");
}

#[track_caller]
fn fails(subject: Subject, kind: Kind) -> String {
    let report = explore(subject);
    let finding = report.finding().unwrap_or_else(|| panic!("nothing was found\n{report}"));
    assert_eq!(finding.kind, kind, "{finding}");
    finding.to_string()
}

/// A queue like any other: its spec is the standard library's, and its tests come by themselves.
#[derive(Default)]
pub struct Queue {
    items: Mutex<VecDeque<u8>>,
}

#[concurrent(spec = VecDeque<u8>)]
impl Queue {
    pub fn push_back(&self, item: u8) {
        lock(&self.items).push_back(item);
    }
    pub fn pop_front(&self) -> Option<u8> {
        lock(&self.items).pop_front()
    }
    pub fn len(&self) -> usize {
        lock(&self.items).len()
    }
    /// Nobody's business.
    #[skip]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Left out without being told to: a reference into the lock cannot be compared.
    pub fn items(&self) -> &Mutex<VecDeque<u8>> {
        &self.items
    }
    /// No two threads can call it.
    pub fn clear(&mut self) {
        lock(&self.items).clear();
    }
}

#[test]
fn what_cannot_be_called_is_listed_with_its_reason() {
    let subject = subject!(Queue);
    let left_out: Vec<(&str, &str)> = subject.left_out().collect();
    assert_eq!(
        left_out,
        [
            ("is_empty", "it says `#[skip]`"),
            ("items", "its result borrows"),
            ("clear", "it takes `&mut self`, so no two threads can call it"),
        ]
    );
}

/// Generic, with a capacity that the spec asks the object for.
pub struct Bounded<T> {
    items: Mutex<VecDeque<T>>,
    capacity: usize,
    /// Looks whether there is room in one section, and pushes in another.
    careless: bool,
}

/// What it must be.
#[derive(Clone, Hash)]
pub struct Room<T> {
    items: VecDeque<T>,
    capacity: usize,
}

impl<T> Room<T> {
    fn push(&mut self, item: T) -> bool {
        let room = self.items.len() < self.capacity;
        if room {
            self.items.push_back(item);
        }
        room
    }
    fn len(&self) -> usize {
        self.items.len()
    }
}

impl<T> Bounded<T> {
    fn with(capacity: usize, careless: bool) -> Self {
        Self { items: Mutex::new(VecDeque::new()), capacity, careless }
    }
}

#[concurrent(
    spec = Room<T>,
    start = |bounded: &Bounded<T>| Room { items: VecDeque::new(), capacity: bounded.capacity },
    tests = off
)]
impl<T: Clone + Send> Bounded<T> {
    pub fn push(&self, item: T) -> bool {
        if self.careless {
            if lock(&self.items).len() >= self.capacity {
                return false;
            }
            lock(&self.items).push_back(item);
            return true;
        }
        let mut items = lock(&self.items);
        let room = items.len() < self.capacity;
        if room {
            items.push_back(item);
        }
        room
    }
    #[allow(clippy::len_without_is_empty, reason = "two methods are enough here")]
    pub fn len(&self) -> usize {
        lock(&self.items).len()
    }
}

race_tests!(Bounded<u8> = Bounded::with(2, false), budget = 0.2);

#[test]
fn the_spec_starts_as_the_object_says() {
    passes(subject!(Bounded<u8> = Bounded::with(0, false)));
    passes(subject!(Bounded<u8> = Bounded::with(3, false)));
    let report = fails(subject!(Bounded<u8> = Bounded::with(1, true)), Kind::NotLinearizable);
    assert!(report.contains("push(1) -> true"), "{report}");
}

/// A ring for one producer and one consumer.
struct Ring {
    cells: [UnsafeCell<u8>; 2],
    pushed: AtomicU32,
    popped: AtomicU32,
}

// SAFETY: a cell is written by the producer while it is not full, and read by the consumer while it is; the two numbers
// are stored with Release and loaded with Acquire.
unsafe impl Sync for Ring {}

impl Ring {
    fn new() -> Self {
        let cells = std::array::from_fn(|_| UnsafeCell::new(0));
        Self { cells, pushed: AtomicU32::new(0), popped: AtomicU32::new(0) }
    }

    fn try_push(&self, item: u8) -> bool {
        // Relaxed: the producer's own number. Acquire: the cell has been read.
        let (pushed, popped) = (self.pushed.load(Ordering::Relaxed), self.popped.load(Ordering::Acquire));
        if pushed - popped == 2 {
            return false;
        }
        // SAFETY: the cell is not full, and there is one producer.
        self.cells[pushed as usize % 2].with_mut(|cell| unsafe { *cell = item });
        // Release: the cell is written.
        self.pushed.store(pushed + 1, Ordering::Release);
        true
    }

    fn try_pop(&self) -> Option<u8> {
        // Relaxed: the consumer's own number. Acquire: the cell has been written.
        let (popped, pushed) = (self.popped.load(Ordering::Relaxed), self.pushed.load(Ordering::Acquire));
        if pushed == popped {
            return None;
        }
        // SAFETY: the cell is full, and there is one consumer.
        let item = self.cells[popped as usize % 2].with(|cell| unsafe { *cell });
        // Release: the cell is read.
        self.popped.store(popped + 1, Ordering::Release);
        Some(item)
    }
}

#[derive(Clone, Default, Hash)]
struct Two(VecDeque<u8>);

impl Two {
    fn push(&mut self, item: u8) -> bool {
        let room = self.0.len() < 2;
        if room {
            self.0.push_back(item);
        }
        room
    }
    fn pop(&mut self) -> Option<u8> {
        self.0.pop_front()
    }
}

#[concurrent(spec = Two, tests = off)]
impl Ring {
    // Each side may look at an old number of the other's, and find the ring full or empty that is neither.
    #[single(producer)]
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        self.try_push(item)
    }
    #[single(consumer)]
    #[spurious(None)]
    pub fn pop(&self) -> Option<u8> {
        self.try_pop()
    }
}

/// The same ring, and nobody says that there is one producer.
struct Crowded(Ring);

#[concurrent(spec = Two, tests = off)]
impl Crowded {
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        self.0.try_push(item)
    }
    #[single(consumer)]
    #[spurious(None)]
    pub fn pop(&self) -> Option<u8> {
        self.0.try_pop()
    }
}

#[test]
fn a_single_producer_is_alone() {
    passes(subject!(Ring = Ring::new()));
    fails(subject!(Crowded = Crowded(Ring::new())), Kind::DataRace);
}

/// Gives back any of its items: which one, the spec hears from the result.
struct Bag {
    items: Mutex<Vec<u8>>,
    /// Hands out a copy, and takes it out in another section.
    copies: bool,
}

impl Bag {
    fn with(copies: bool) -> Self {
        Self { items: Mutex::new(Vec::new()), copies }
    }
}

#[derive(Clone, Default, Hash)]
struct Any(Vec<u8>);

impl Any {
    fn put(&mut self, item: u8) {
        self.0.push(item);
        self.0.sort_unstable();
    }
    fn take(&mut self) -> Allowed<Option<u8>> {
        if self.0.is_empty() {
            return Allowed::only(None);
        }
        Allowed::then(|any: &mut Self, seen: &Option<u8>| {
            let found = any.0.iter().position(|item| Some(*item) == *seen);
            found.map(|at| any.0.remove(at)).is_some()
        })
    }
}

#[concurrent(spec = Any, tests = off)]
impl Bag {
    pub fn put(&self, item: u8) {
        let mut items = lock(&self.items);
        // Neither first nor last in: no queue and no stack has this order.
        let middle = items.len() / 2;
        items.insert(middle, item);
    }
    pub fn take(&self) -> Option<u8> {
        if self.copies {
            let item = lock(&self.items).first().copied()?;
            lock(&self.items).retain(|known| *known != item);
            return Some(item);
        }
        lock(&self.items).pop()
    }
}

#[test]
fn any_of_several_results_is_right_and_no_other() {
    passes(subject!(Bag = Bag::with(false)));
    // The sequential rung sees already that equal items go together; alone, the others must see it too.
    fails(subject!(Bag = Bag::with(true)), Kind::Differs);
    let report = Explorer::new(subject!(Bag = Bag::with(true))).rungs(&[Rung::Loom]).budget(0.0).run();
    assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::NotLinearizable), "{report}");
}

/// May say that it is busy.
struct Slot {
    item: Mutex<Option<u8>>,
    /// Loses the item when it says so.
    drops: bool,
}

#[derive(Clone, Default, Hash)]
struct Kept(Option<u8>);

impl Kept {
    fn put(&mut self, item: u8) -> bool {
        self.0 = Some(item);
        true
    }
    fn take(&mut self) -> Option<u8> {
        self.0.take()
    }
    fn peek(&self) -> Option<u8> {
        self.0
    }
}

#[concurrent(spec = Kept, tests = off)]
impl Slot {
    #[spurious(false)]
    pub fn put(&self, item: u8) -> bool {
        let Ok(mut slot) = self.item.try_lock() else { return false };
        *slot = Some(item);
        true
    }
    #[spurious(None)]
    pub fn take(&self) -> Option<u8> {
        let Ok(mut slot) = self.item.try_lock() else {
            if self.drops {
                *lock(&self.item) = None;
            }
            return None;
        };
        slot.take()
    }
    pub fn peek(&self) -> Option<u8> {
        *lock(&self.item)
    }
}

/// The same, and nobody says that it may be busy.
struct Eager(Slot);

#[concurrent(spec = Kept, tests = off)]
impl Eager {
    pub fn put(&self, item: u8) -> bool {
        self.0.put(item)
    }
    #[spurious(None)]
    pub fn take(&self) -> Option<u8> {
        self.0.take()
    }
}

#[test]
fn a_spurious_failure_changes_nothing() {
    passes(subject!(Slot = Slot { item: Mutex::new(None), drops: false }));
    fails(subject!(Slot = Slot { item: Mutex::new(None), drops: true }), Kind::NotLinearizable);
    fails(subject!(Eager = Eager(Slot { item: Mutex::new(None), drops: false })), Kind::NotLinearizable);
}

/// Waits for a value.
struct Cell {
    value: Mutex<Option<u8>>,
    news: Condvar,
}

impl Cell {
    fn new() -> Self {
        Self { value: Mutex::new(None), news: Condvar::new() }
    }
    fn wait(&self) -> u8 {
        let value = lock(&self.value);
        let value = self.news.wait_while(value, |value| value.is_none()).unwrap_or_else(|e| e.into_inner());
        value.unwrap_or(0)
    }
}

#[derive(Clone, Default, Hash)]
struct Value(Option<u8>);

impl Value {
    fn set(&mut self, value: u8) {
        self.0 = Some(value);
    }
    fn get(&self) -> Option<u8> {
        self.0
    }
}

#[concurrent(spec = Value, tests = off)]
impl Cell {
    pub fn set(&self, value: u8) {
        *lock(&self.value) = Some(value);
        self.news.notify_all();
    }
    #[blocking]
    pub fn get(&self) -> u8 {
        self.wait()
    }
}

/// The same, and nobody says that `get` waits.
struct Impatient(Cell);

#[derive(Clone, Default, Hash)]
struct AtOnce(u8);

impl AtOnce {
    fn set(&mut self, value: u8) {
        self.0 = value;
    }
    fn get(&self) -> u8 {
        self.0
    }
}

#[concurrent(spec = AtOnce, tests = off)]
impl Impatient {
    pub fn set(&self, value: u8) {
        *lock(&self.0.value) = Some(value);
        self.0.news.notify_all();
    }
    pub fn get(&self) -> u8 {
        self.0.wait()
    }
}

#[test]
fn only_what_says_so_may_wait() {
    passes(subject!(Cell = Cell::new()));
    let report = fails(subject!(Impatient = Impatient(Cell::new())), Kind::Differs);
    assert!(report.contains("get() returned (waits); the spec returns 0"), "{report}");
}

/// Lets through once two have arrived. Who waits turns in circles.
struct Gate {
    arrived: AtomicU32,
    loses: bool,
}

impl Gate {
    fn new(loses: bool) -> Self {
        Self { arrived: AtomicU32::new(0), loses }
    }
}

#[derive(Clone, Default, Hash)]
struct Arrived(u32);

impl Arrived {
    fn arrive(&mut self) {
        self.0 += 1;
    }
    fn pass(&self) -> Option<()> {
        (self.0 >= 2).then_some(())
    }
}

#[concurrent(spec = Arrived, tests = off)]
impl Gate {
    pub fn arrive(&self) {
        // SeqCst: what is wrong with it has nothing to do with orderings.
        if self.loses {
            let arrived = self.arrived.load(Ordering::SeqCst);
            self.arrived.store(arrived + 1, Ordering::SeqCst);
        } else {
            self.arrived.fetch_add(1, Ordering::SeqCst);
        }
    }
    #[blocking]
    pub fn pass(&self) {
        // SeqCst: as above.
        while self.arrived.load(Ordering::SeqCst) < 2 {
            raceproof::hint::spin_loop();
        }
    }
}

// With one arrival `pass` turns for ever, by right; with two it does not.
#[test]
fn who_turns_in_circles_waits_by_right_too() {
    passes(subject!(Gate = Gate::new(false)));
    let report = fails(subject!(Gate = Gate::new(true)), Kind::StepBound);
    assert!(report.contains("repeats load(SeqCst)"), "{report}");
}

/// Each thread has a flag of its own.
struct Flags {
    flags: [AtomicBool; 3],
    shared: bool,
}

#[derive(Clone, Default, Hash)]
struct Raised([bool; 3]);

impl Raised {
    fn toggle(&mut self, thread: usize) -> bool {
        self.0[thread] = !self.0[thread];
        self.0[thread]
    }
}

#[concurrent(spec = Raised, threads = 3, tests = off)]
impl Flags {
    pub fn toggle(&self, #[thread] thread: usize) -> bool {
        let flag = &self.flags[if self.shared { 0 } else { thread }];
        // Relaxed: one thread's own.
        let raised = !flag.load(Ordering::Relaxed);
        flag.store(raised, Ordering::Relaxed);
        raised
    }
}

#[test]
fn a_thread_is_told_its_number_and_there_are_no_more_than_it_takes() {
    passes(subject!(Flags = Flags { flags: std::array::from_fn(|_| AtomicBool::new(false)), shared: false }));
    fails(
        subject!(Flags = Flags { flags: std::array::from_fn(|_| AtomicBool::new(false)), shared: true }),
        Kind::NotLinearizable,
    );
}

/// Two numbers that must be equal when all is quiet; nobody can read them meanwhile.
struct Twins {
    left: AtomicU8,
    right: AtomicU8,
    at_once: bool,
}

#[derive(Clone, Default, Hash)]
struct Nothing;

impl Nothing {
    fn add(&mut self) {}
}

#[concurrent(spec = Nothing, tests = off)]
impl Twins {
    pub fn add(&self) {
        // Relaxed: numbers, which publish nothing.
        if self.at_once {
            self.left.fetch_add(1, Ordering::Relaxed);
        } else {
            let left = self.left.load(Ordering::Relaxed);
            self.left.store(left + 1, Ordering::Relaxed);
        }
        self.right.fetch_add(1, Ordering::Relaxed);
    }
    #[invariant]
    fn equal(&self) {
        let (left, right) = (self.left.load(Ordering::Relaxed), self.right.load(Ordering::Relaxed));
        assert_eq!(left, right, "they differ");
    }
}

#[test]
fn an_invariant_is_looked_at_when_all_threads_are_done() {
    passes(subject!(Twins = Twins { left: AtomicU8::new(0), right: AtomicU8::new(0), at_once: true }));
    let report = fails(
        subject!(Twins = Twins { left: AtomicU8::new(0), right: AtomicU8::new(0), at_once: false }),
        Kind::Invariant,
    );
    assert!(report.contains("`equal` panics") && report.contains("they differ"), "{report}");
}

/// Two tokens, taken by exchanges and refilled by a store. loom lets the store come into the middle of an exchange; no
/// machine does, so it is told as inconclusive at most.
struct Tokens {
    left: AtomicU32,
}

#[derive(Clone, Hash)]
struct Left(u32);

impl Left {
    fn take(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
    fn refill(&mut self) {
        self.0 = 2;
    }
    fn left(&self) -> u32 {
        self.0
    }
}

#[concurrent(spec = Left, start = Left(2), tests = off)]
impl Tokens {
    pub fn take(&self) -> bool {
        // Relaxed: a number, which publishes nothing; here and below.
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
    pub fn refill(&self) {
        self.left.store(2, Ordering::Relaxed);
    }
    pub fn left(&self) -> u32 {
        self.left.load(Ordering::Relaxed)
    }
}

#[test]
fn what_loom_alone_can_show_is_no_finding() {
    let report =
        Explorer::new(subject!(Tokens = Tokens { left: AtomicU32::new(2) })).rungs(&[Rung::Loom]).budget(0.0).run();
    assert!(report.ok(), "{report}");
    let weak = report.rungs[0].weak.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(weak.contains("inconclusive: no order of what was done to AtomicU32"), "{report}\n{weak}");
}

/// A closure over another type than the spec.
struct Astray;

#[derive(Clone, Default, Hash)]
struct Lost(u8);

impl Lost {
    fn get(&self) -> Allowed<u8> {
        Allowed::then(|spec: &mut u64, seen: &u8| *spec == u64::from(*seen))
    }
}

#[concurrent(spec = Lost, tests = off)]
impl Astray {
    pub fn get(&self) -> u8 {
        0
    }
}

#[test]
fn a_step_over_another_type_is_refused_by_name() {
    let report = explore(subject!(Astray = Astray));
    assert!(!report.ok() && report.to_string().contains("`Allowed::then` with a closure"), "{report}");
}

/// Nothing to interleave: threads that never have anything to choose between.
struct Quiet;

#[derive(Clone, Default, Hash)]
struct Always;

impl Always {
    fn answer(&self) -> bool {
        true
    }
}

#[concurrent(spec = Always, tests = off)]
impl Quiet {
    pub fn answer(&self) -> bool {
        true
    }
}

// shuttle's PCT panics where an execution had no choice of threads, as if the code under test had.
#[test]
fn a_type_that_touches_nothing_is_no_finding() {
    for seed in 0..10 {
        let report = Explorer::new(subject!(Quiet = Quiet)).seed(seed).budget(0.0).run();
        assert!(report.ok(), "{report}");
    }
}

/// A turnstile that refuses whoever is in it already: a value of the thread's own says who is. `shared` is the mistake, a
/// flag for all threads.
struct Turnstile {
    count: Mutex<u8>,
    anybody: AtomicBool,
    shared: bool,
}

raceproof::thread::thread_local! {
    static INSIDE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

impl Turnstile {
    fn with(shared: bool) -> Self {
        Self { count: Mutex::new(0), anybody: AtomicBool::new(false), shared }
    }

    fn inside(&self, inside: bool) -> bool {
        // Relaxed: it guards nothing.
        if self.shared { self.anybody.swap(inside, Ordering::Relaxed) } else { INSIDE.replace(inside) }
    }
}

#[derive(Clone, Default, Hash)]
struct Passed(u8);

impl Passed {
    fn pass(&mut self) -> Option<u8> {
        self.0 += 1;
        Some(self.0)
    }
}

#[concurrent(spec = Passed, tests = off)]
impl Turnstile {
    pub fn pass(&self) -> Option<u8> {
        if self.inside(true) {
            return None;
        }
        let mut count = lock(&self.count);
        *count += 1;
        self.inside(false);
        Some(*count)
    }
}

#[test]
fn a_value_of_the_threads_own_is_no_obstacle() {
    passes(subject!(Turnstile = Turnstile::with(false)));
    fails(subject!(Turnstile = Turnstile::with(true)), Kind::NotLinearizable);
}
