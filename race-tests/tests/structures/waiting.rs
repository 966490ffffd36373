//! Structures whose calls wait: a one-shot, a semaphore, a barrier that is used again, a work queue that shuts down, a
//! read-write lock with upgrade, philosophers.
//!
//! Waiting is legal where the spec says "not now". What must be found is a call that waits although it could go on.

use crate::support::{fails, passes};
use raceproof::concurrent;
use raceproof::spec::Allowed;
use raceproof::sync::atomic::{AtomicBool, Ordering};
use raceproof::sync::{Condvar, Mutex, MutexGuard};
use raceproof_test::{Kind, Subject, subject};
use std::collections::VecDeque;

#[track_caller]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

#[track_caller]
fn wait<'a, T>(news: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    news.wait(guard).unwrap_or_else(|e| e.into_inner())
}

/// One value, sent once.
struct Oneshot {
    value: Mutex<Option<u8>>,
    sent: AtomicBool,
    news: Condvar,
    /// Whether `receive` looks again under the lock.
    looks_again: bool,
}

impl Oneshot {
    fn with(looks_again: bool) -> Self {
        Self { value: Mutex::new(None), sent: AtomicBool::new(false), news: Condvar::new(), looks_again }
    }
}

/// A value that is there or not.
#[derive(Clone, Default, Hash)]
struct Slot(Option<u8>);

impl Slot {
    fn send(&mut self, value: u8) -> bool {
        let first = self.0.is_none();
        if first {
            self.0 = Some(value);
        }
        first
    }
    /// `None`: not now.
    fn receive(&self) -> Option<u8> {
        self.0
    }
}

#[concurrent(spec = Slot, tests = off)]
impl Oneshot {
    pub fn send(&self, value: u8) -> bool {
        let mut slot = lock(&self.value);
        let first = slot.is_none();
        if first {
            *slot = Some(value);
            // Release: `receive` may look at the flag alone.
            self.sent.store(true, Ordering::Release);
            self.news.notify_all();
        }
        first
    }

    #[blocking]
    pub fn receive(&self) -> u8 {
        // Acquire: pairs with `send`.
        if !self.sent.load(Ordering::Acquire) {
            let mut slot = lock(&self.value);
            if self.looks_again {
                while slot.is_none() {
                    slot = wait(&self.news, slot);
                }
            } else {
                // What was sent between the look and the lock wakes nobody any more.
                slot = wait(&self.news, slot);
            }
            drop(slot);
        }
        (*lock(&self.value)).unwrap_or(0)
    }
}

#[test]
fn oneshot() {
    passes(some_oneshot(true));
}

#[test]
fn oneshot_that_sleeps_through_the_news() {
    insta::assert_snapshot!(fails(some_oneshot(false), Kind::Deadlock));
}

struct Semaphore {
    permits: Mutex<u32>,
    news: Condvar,
    /// Whether a thread that was woken looks again.
    looks_again: bool,
}

impl Semaphore {
    fn with(looks_again: bool) -> Self {
        Self { permits: Mutex::new(1), news: Condvar::new(), looks_again }
    }
}

#[derive(Clone, Hash)]
struct Permits(u32);

impl Permits {
    fn acquire(&mut self) -> Option<()> {
        self.0 = self.0.checked_sub(1)?;
        Some(())
    }
    fn release(&mut self) {
        self.0 += 1;
    }
    fn available(&self) -> u32 {
        self.0
    }
}

#[concurrent(spec = Permits, start = Permits(1), tests = off)]
impl Semaphore {
    #[blocking]
    pub fn acquire(&self) {
        let mut permits = lock(&self.permits);
        if *permits == 0 {
            permits = wait(&self.news, permits);
            while self.looks_again && *permits == 0 {
                permits = wait(&self.news, permits);
            }
        }
        *permits = permits.checked_sub(1).expect("a permit is there");
    }

    pub fn release(&self) {
        *lock(&self.permits) += 1;
        self.news.notify_one();
    }

    pub fn available(&self) -> u32 {
        *lock(&self.permits)
    }
}

#[test]
fn semaphore() {
    passes(some_semaphore(true));
}

#[test]
fn semaphore_that_looks_once() {
    insta::assert_snapshot!(fails(some_semaphore(false), Kind::NotLinearizable));
}

/// Lets two threads go on together, round after round: who arrives is told the round, and waits for its end.
struct Barrier {
    /// Who has arrived in this round, and the rounds that are over.
    state: Mutex<(u32, u32)>,
    news: Condvar,
    wakes_all: bool,
}

impl Barrier {
    fn with(wakes_all: bool) -> Self {
        Self { state: Mutex::new((0, 0)), news: Condvar::new(), wakes_all }
    }
}

#[derive(Clone, Default, Hash)]
struct Rounds(u32);

impl Rounds {
    fn arrive(&mut self) -> u32 {
        self.0 += 1;
        (self.0 - 1) / 2
    }
    fn pass(&self, round: u32) -> Option<()> {
        (self.0 / 2 > round).then_some(())
    }
}

#[concurrent(spec = Rounds, tests = off)]
impl Barrier {
    pub fn arrive(&self) -> u32 {
        let mut state = lock(&self.state);
        let round = state.1;
        state.0 += 1;
        if state.0 == 2 {
            *state = (0, round + 1);
            if self.wakes_all {
                self.news.notify_all();
            } else {
                // The other one may not be the one who waits for this round.
                self.news.notify_one();
            }
        }
        round
    }

    #[blocking]
    pub fn pass(&self, #[arg(0..2u32)] round: u32) {
        let mut state = lock(&self.state);
        while state.1 <= round {
            state = wait(&self.news, state);
        }
    }
}

#[test]
fn barrier() {
    passes(some_barrier(true));
}

#[test]
fn barrier_that_wakes_one() {
    insta::assert_snapshot!(fails(some_barrier(false), Kind::Deadlock));
}

/// Work for several workers, who leave once it is shut down and done.
struct Work {
    items: Mutex<VecDeque<u8>>,
    closed: Mutex<bool>,
    news: Condvar,
    one_lock: bool,
}

impl Work {
    fn with(one_lock: bool) -> Self {
        Self { items: Mutex::new(VecDeque::new()), closed: Mutex::new(false), news: Condvar::new(), one_lock }
    }
}

#[derive(Clone, Default, Hash)]
struct Jobs {
    items: VecDeque<u8>,
    closed: bool,
}

impl Jobs {
    fn put(&mut self, item: u8) -> bool {
        let open = !self.closed && self.items.len() < 2;
        if open {
            self.items.push_back(item);
        }
        open
    }
    fn take(&mut self) -> Allowed<Option<u8>> {
        match self.items.pop_front() {
            None if !self.closed => Allowed::not_now(),
            item => Allowed::only(item),
        }
    }
    fn shut_down(&mut self) {
        self.closed = true;
    }
}

#[concurrent(spec = Jobs, tests = off)]
impl Work {
    pub fn put(&self, item: u8) -> bool {
        let mut items = lock(&self.items);
        let open = !*lock(&self.closed) && items.len() < 2;
        if open {
            items.push_back(item);
            self.news.notify_one();
        }
        open
    }

    #[blocking]
    pub fn take(&self) -> Option<u8> {
        let mut items = lock(&self.items);
        loop {
            if let Some(item) = items.pop_front() {
                return Some(item);
            }
            if *lock(&self.closed) {
                return None;
            }
            items = wait(&self.news, items);
        }
    }

    pub fn shut_down(&self) {
        if self.one_lock {
            let items = lock(&self.items);
            *lock(&self.closed) = true;
            drop(items);
        } else {
            // A worker that has looked and does not wait yet will not hear of it.
            *lock(&self.closed) = true;
        }
        self.news.notify_all();
    }
}

#[test]
fn work_queue() {
    passes(some_work(true));
}

#[test]
fn work_queue_that_shuts_down_behind_the_lock() {
    insta::assert_snapshot!(fails(some_work(false), Kind::Deadlock));
}

/// A read-write lock whose readers may become the writer without letting go.
struct Upgrading {
    state: Mutex<Holders>,
    news: Condvar,
    value: Mutex<u64>,
    /// Whether the second reader who wants to become the writer gives way.
    one_at_a_time: bool,
}

#[derive(Default)]
struct Holders {
    readers: u32,
    writer: bool,
    /// A reader waits to become the writer.
    upgrading: bool,
}

impl Upgrading {
    fn with(one_at_a_time: bool) -> Self {
        Self { state: Mutex::new(Holders::default()), news: Condvar::new(), value: Mutex::new(0), one_at_a_time }
    }

    fn read_lock(&self) {
        let mut state = lock(&self.state);
        // Whoever has given way must not come back before the other one is through.
        while state.writer || self.one_at_a_time && state.upgrading {
            state = wait(&self.news, state);
        }
        state.readers += 1;
    }

    fn read_unlock(&self) {
        lock(&self.state).readers -= 1;
        self.news.notify_all();
    }

    /// Waits until this reader is the last one. Says no where another one waits for the same.
    fn upgrade(&self) -> bool {
        let mut state = lock(&self.state);
        if self.one_at_a_time && state.upgrading {
            return false;
        }
        state.upgrading = true;
        while state.readers > 1 {
            state = wait(&self.news, state);
        }
        *state = Holders { writer: true, ..Holders::default() };
        true
    }

    fn write_unlock(&self) {
        lock(&self.state).writer = false;
        self.news.notify_all();
    }
}

#[derive(Clone, Default, Hash)]
struct Counter(u64);

impl Counter {
    fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[concurrent(spec = Counter, tests = off)]
impl Upgrading {
    pub fn add(&self) -> u64 {
        loop {
            self.read_lock();
            let seen = *lock(&self.value);
            if self.upgrade() {
                *lock(&self.value) = seen + 1;
                self.write_unlock();
                return seen + 1;
            }
            self.read_unlock();
        }
    }
}

#[test]
fn read_write_lock_with_one_upgrade_at_a_time() {
    passes(some_upgrading(true));
}

#[test]
fn read_write_lock_with_two_upgrades() {
    insta::assert_snapshot!(fails(some_upgrading(false), Kind::Deadlock));
}

const SEATS: usize = 3;

/// Philosophers who each need the forks on both sides.
struct Table {
    forks: [Mutex<()>; SEATS],
    meals: Mutex<u32>,
    ordered: bool,
}

impl Table {
    fn with(ordered: bool) -> Self {
        Self { forks: std::array::from_fn(|_| Mutex::new(())), meals: Mutex::new(0), ordered }
    }
}

#[derive(Clone, Default, Hash)]
struct Meals(u32);

impl Meals {
    fn eat(&mut self, _seat: usize) {
        self.0 += 1;
    }
    fn meals(&self) -> u32 {
        self.0
    }
}

#[concurrent(spec = Meals, threads = 3, tests = off)]
impl Table {
    pub fn eat(&self, #[thread] seat: usize) {
        let (left, right) = (seat, (seat + 1) % SEATS);
        let (first, second) = if self.ordered && left > right { (right, left) } else { (left, right) };
        let first = lock(&self.forks[first]);
        let second = lock(&self.forks[second]);
        *lock(&self.meals) += 1;
        drop((first, second));
    }

    pub fn meals(&self) -> u32 {
        *lock(&self.meals)
    }
}

#[test]
fn philosophers_with_ordered_forks() {
    passes(some_philosophers(true));
}

#[test]
fn philosophers_left_first() {
    insta::assert_snapshot!(fails(some_philosophers(false), Kind::Deadlock));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_oneshot(looks_again: bool) -> Subject {
    if looks_again { subject!(Oneshot = Oneshot::with(true)) } else { subject!(Oneshot = Oneshot::with(false)) }
}

pub(crate) fn some_semaphore(looks_again: bool) -> Subject {
    if looks_again { subject!(Semaphore = Semaphore::with(true)) } else { subject!(Semaphore = Semaphore::with(false)) }
}

pub(crate) fn some_barrier(wakes_all: bool) -> Subject {
    if wakes_all { subject!(Barrier = Barrier::with(true)) } else { subject!(Barrier = Barrier::with(false)) }
}

pub(crate) fn some_work(one_lock: bool) -> Subject {
    if one_lock { subject!(Work = Work::with(true)) } else { subject!(Work = Work::with(false)) }
}

pub(crate) fn some_upgrading(one_at_a_time: bool) -> Subject {
    if one_at_a_time {
        subject!(Upgrading = Upgrading::with(true))
    } else {
        subject!(Upgrading = Upgrading::with(false))
    }
}

pub(crate) fn some_philosophers(ordered: bool) -> Subject {
    if ordered { subject!(Table = Table::with(true)) } else { subject!(Table = Table::with(false)) }
}
