//! Two locks that belong together: an LRU cache with one for its entries and one for their order, a transfer between
//! accounts.

use crate::support::{fails, fails_as, passes};
use raceproof::concurrent;
use raceproof::sync::{Mutex, MutexGuard};
use raceproof_test::{Kind, Subject, subject};
use std::collections::BTreeMap;

#[track_caller]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

const ROOM: usize = 2;

/// How the cache goes about its two locks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Both at once, always in the same order.
    Ordered,
    /// Both at once, `get` the other way round.
    Crossed,
    /// One after the other.
    Apart,
}

/// Keeps the entries that were used last.
struct Cache {
    entries: Mutex<BTreeMap<u8, u8>>,
    /// The keys, the one used last at the end.
    order: Mutex<Vec<u8>>,
    way: Way,
}

impl Cache {
    fn with(way: Way) -> Self {
        Self { entries: Mutex::new(BTreeMap::new()), order: Mutex::new(Vec::new()), way }
    }
}

#[derive(Clone, Default, Hash)]
struct Lru(Vec<(u8, u8)>);

impl Lru {
    fn put(&mut self, key: u8, value: u8) {
        self.0.retain(|(known, _)| *known != key);
        if self.0.len() == ROOM {
            self.0.remove(0);
        }
        self.0.push((key, value));
    }
    fn get(&mut self, key: u8) -> Option<u8> {
        let at = self.0.iter().position(|(known, _)| *known == key)?;
        let entry = self.0.remove(at);
        self.0.push(entry);
        Some(entry.1)
    }
}

#[concurrent(spec = Lru, tests = off)]
impl Cache {
    pub fn put(&self, #[arg(0..3u8)] key: u8, value: u8) {
        let mut entries = lock(&self.entries);
        let held;
        let mut order = match self.way {
            Way::Apart => {
                entries.insert(key, value);
                drop(entries);
                held = None;
                lock(&self.order)
            }
            Way::Ordered | Way::Crossed => {
                entries.insert(key, value);
                held = Some(entries);
                lock(&self.order)
            }
        };
        order.retain(|known| *known != key);
        let evicted = (order.len() == ROOM).then(|| order.remove(0));
        order.push(key);
        drop(order);
        let Some(evicted) = evicted else { return };
        match held {
            Some(mut entries) => entries.remove(&evicted),
            None => lock(&self.entries).remove(&evicted),
        };
    }

    pub fn get(&self, #[arg(0..3u8)] key: u8) -> Option<u8> {
        match self.way {
            Way::Crossed => {
                let mut order = lock(&self.order);
                let value = lock(&self.entries).get(&key).copied()?;
                order.retain(|known| *known != key);
                order.push(key);
                Some(value)
            }
            Way::Ordered => {
                let entries = lock(&self.entries);
                let value = entries.get(&key).copied()?;
                let mut order = lock(&self.order);
                order.retain(|known| *known != key);
                order.push(key);
                Some(value)
            }
            Way::Apart => {
                let value = lock(&self.entries).get(&key).copied()?;
                let mut order = lock(&self.order);
                order.retain(|known| *known != key);
                order.push(key);
                Some(value)
            }
        }
    }

    #[invariant]
    fn each_entry_has_its_place(&self) {
        let entries = lock(&self.entries);
        let mut order = lock(&self.order).clone();
        order.sort_unstable();
        assert!(order.iter().eq(entries.keys()), "entries {:?}, but an order of {order:?}", entries.keys());
    }
}

#[test]
fn cache_with_ordered_locks() {
    passes(some_cache(Way::Ordered));
}

#[test]
fn cache_with_crossed_locks() {
    insta::assert_snapshot!(fails(some_cache(Way::Crossed), Kind::Deadlock));
}

#[test]
fn cache_that_takes_one_lock_after_the_other() {
    // An entry without its place, or a key evicted twice, which some later `get` tells: the seed says which comes first.
    let ways = [Kind::Invariant, Kind::NotLinearizable];
    insta::assert_snapshot!(fails_as(some_cache(Way::Apart), &ways));
}

/// How a transfer goes about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// First both locks, the lower account's first, then the money.
    TwoPhases,
    /// The payer's lock first.
    PayerFirst,
    /// The payer's lock, and then the other.
    OneByOne,
}

struct Bank {
    accounts: [Mutex<u32>; 2],
    transfer: Transfer,
}

impl Bank {
    fn with(transfer: Transfer) -> Self {
        Self { accounts: std::array::from_fn(|_| Mutex::new(3)), transfer }
    }
}

#[derive(Clone, Hash)]
struct Accounts([u32; 2]);

impl Accounts {
    fn transfer(&mut self, there: bool, amount: u32) -> bool {
        let (from, to) = if there { (0, 1) } else { (1, 0) };
        let enough = self.0[from] >= amount;
        if enough {
            self.0[from] -= amount;
            self.0[to] += amount;
        }
        enough
    }
    fn total(&self) -> u32 {
        self.0.iter().sum()
    }
}

#[concurrent(spec = Accounts, start = Accounts([3, 3]), tests = off)]
impl Bank {
    pub fn transfer(&self, there: bool, #[arg(1..3u32)] amount: u32) -> bool {
        let (from, to) = if there { (0, 1) } else { (1, 0) };
        let (mut payer, mut payee);
        match self.transfer {
            Transfer::OneByOne => {
                {
                    let mut payer = lock(&self.accounts[from]);
                    let Some(left) = payer.checked_sub(amount) else { return false };
                    *payer = left;
                }
                *lock(&self.accounts[to]) += amount;
                return true;
            }
            Transfer::TwoPhases if to < from => {
                payee = lock(&self.accounts[to]);
                payer = lock(&self.accounts[from]);
            }
            Transfer::TwoPhases | Transfer::PayerFirst => {
                payer = lock(&self.accounts[from]);
                payee = lock(&self.accounts[to]);
            }
        }
        let Some(left) = payer.checked_sub(amount) else { return false };
        *payer = left;
        *payee += amount;
        true
    }

    pub fn total(&self) -> u32 {
        let first = lock(&self.accounts[0]);
        let second = lock(&self.accounts[1]);
        *first + *second
    }
}

#[test]
fn transfer_in_two_phases() {
    passes(some_bank(Transfer::TwoPhases));
}

#[test]
fn transfer_that_locks_the_payer_first() {
    insta::assert_snapshot!(fails(some_bank(Transfer::PayerFirst), Kind::Deadlock));
}

#[test]
fn transfer_one_by_one() {
    insta::assert_snapshot!(fails(some_bank(Transfer::OneByOne), Kind::NotLinearizable));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_cache(way: Way) -> Subject {
    match way {
        Way::Ordered => subject!(Cache = Cache::with(Way::Ordered)),
        Way::Crossed => subject!(Cache = Cache::with(Way::Crossed)),
        Way::Apart => subject!(Cache = Cache::with(Way::Apart)),
    }
}

pub(crate) fn some_bank(transfer: Transfer) -> Subject {
    match transfer {
        Transfer::TwoPhases => subject!(Bank = Bank::with(Transfer::TwoPhases)),
        Transfer::PayerFirst => subject!(Bank = Bank::with(Transfer::PayerFirst)),
        Transfer::OneByOne => subject!(Bank = Bank::with(Transfer::OneByOne)),
    }
}
