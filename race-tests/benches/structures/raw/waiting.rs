//! The structures whose calls wait, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`waiting`).

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::sync::{Condvar, Mutex, MutexGuard};
use std::collections::VecDeque;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn wait<'a, T>(news: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    news.wait(guard).unwrap_or_else(|e| e.into_inner())
}

pub(super) struct Oneshot {
    value: Mutex<Option<u8>>,
    sent: AtomicBool,
    news: Condvar,
    looks_again: bool,
}

impl Oneshot {
    pub(super) fn with(looks_again: bool) -> Self {
        Self { value: Mutex::new(None), sent: AtomicBool::new(false), news: Condvar::new(), looks_again }
    }
}

impl Oneshot {
    pub(super) fn send(&self, value: u8) -> bool {
        let mut slot = lock(&self.value);
        let first = slot.is_none();
        if first {
            *slot = Some(value);
            self.sent.store(true, Ordering::Release);
            self.news.notify_all();
        }
        first
    }
    pub(super) fn receive(&self) -> u8 {
        if !self.sent.load(Ordering::Acquire) {
            let mut slot = lock(&self.value);
            if self.looks_again {
                while slot.is_none() {
                    slot = wait(&self.news, slot);
                }
            } else {
                slot = wait(&self.news, slot);
            }
            drop(slot);
        }
        (*lock(&self.value)).unwrap_or(0)
    }
}

pub(super) struct Semaphore {
    permits: Mutex<u32>,
    news: Condvar,
    looks_again: bool,
}

impl Semaphore {
    pub(super) fn with(looks_again: bool) -> Self {
        Self { permits: Mutex::new(1), news: Condvar::new(), looks_again }
    }
}

impl Semaphore {
    pub(super) fn acquire(&self) {
        let mut permits = lock(&self.permits);
        if *permits == 0 {
            permits = wait(&self.news, permits);
            while self.looks_again && *permits == 0 {
                permits = wait(&self.news, permits);
            }
        }
        *permits = permits.checked_sub(1).expect("a permit is there");
    }

    pub(super) fn release(&self) {
        *lock(&self.permits) += 1;
        self.news.notify_one();
    }

    pub(super) fn available(&self) -> u32 {
        *lock(&self.permits)
    }
}

pub(super) struct Barrier {
    state: Mutex<(u32, u32)>,
    news: Condvar,
    wakes_all: bool,
}

impl Barrier {
    pub(super) fn with(wakes_all: bool) -> Self {
        Self { state: Mutex::new((0, 0)), news: Condvar::new(), wakes_all }
    }
}

impl Barrier {
    pub(super) fn arrive(&self) -> u32 {
        let mut state = lock(&self.state);
        let round = state.1;
        state.0 += 1;
        if state.0 == 2 {
            *state = (0, round + 1);
            if self.wakes_all {
                self.news.notify_all();
            } else {
                self.news.notify_one();
            }
        }
        round
    }
    pub(super) fn pass(&self, round: u32) {
        let mut state = lock(&self.state);
        while state.1 <= round {
            state = wait(&self.news, state);
        }
    }
}

pub(super) struct Work {
    items: Mutex<VecDeque<u8>>,
    closed: Mutex<bool>,
    news: Condvar,
    one_lock: bool,
}

impl Work {
    pub(super) fn with(one_lock: bool) -> Self {
        Self { items: Mutex::new(VecDeque::new()), closed: Mutex::new(false), news: Condvar::new(), one_lock }
    }
}

impl Work {
    pub(super) fn put(&self, item: u8) -> bool {
        let mut items = lock(&self.items);
        let open = !*lock(&self.closed) && items.len() < 2;
        if open {
            items.push_back(item);
            self.news.notify_one();
        }
        open
    }
    pub(super) fn take(&self) -> Option<u8> {
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

    pub(super) fn shut_down(&self) {
        if self.one_lock {
            let items = lock(&self.items);
            *lock(&self.closed) = true;
            drop(items);
        } else {
            *lock(&self.closed) = true;
        }
        self.news.notify_all();
    }
}

pub(super) struct Upgrading {
    state: Mutex<Holders>,
    news: Condvar,
    value: Mutex<u64>,
    one_at_a_time: bool,
}

#[derive(Default)]
pub(super) struct Holders {
    readers: u32,
    writer: bool,
    upgrading: bool,
}

impl Upgrading {
    pub(super) fn with(one_at_a_time: bool) -> Self {
        Self { state: Mutex::new(Holders::default()), news: Condvar::new(), value: Mutex::new(0), one_at_a_time }
    }

    pub(super) fn read_lock(&self) {
        let mut state = lock(&self.state);
        while state.writer || self.one_at_a_time && state.upgrading {
            state = wait(&self.news, state);
        }
        state.readers += 1;
    }

    pub(super) fn read_unlock(&self) {
        lock(&self.state).readers -= 1;
        self.news.notify_all();
    }

    pub(super) fn upgrade(&self) -> bool {
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

    pub(super) fn write_unlock(&self) {
        lock(&self.state).writer = false;
        self.news.notify_all();
    }
}

impl Upgrading {
    pub(super) fn add(&self) -> u64 {
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

const SEATS: usize = 3;

pub(super) struct Table {
    forks: [Mutex<()>; SEATS],
    meals: Mutex<u32>,
    ordered: bool,
}

impl Table {
    pub(super) fn with(ordered: bool) -> Self {
        Self { forks: std::array::from_fn(|_| Mutex::new(())), meals: Mutex::new(0), ordered }
    }
}

impl Table {
    pub(super) fn eat(&self, seat: usize) {
        let (left, right) = (seat, (seat + 1) % SEATS);
        let (first, second) = if self.ordered && left > right { (right, left) } else { (left, right) };
        let first = lock(&self.forks[first]);
        let second = lock(&self.forks[second]);
        *lock(&self.meals) += 1;
        drop((first, second));
    }

    pub(super) fn meals(&self) -> u32 {
        *lock(&self.meals)
    }
}
