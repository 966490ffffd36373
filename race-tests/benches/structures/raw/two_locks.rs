//! The structures of two locks, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`two_locks`).

use loom::sync::{Mutex, MutexGuard};
use std::collections::BTreeMap;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

const ROOM: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Ordered,
    Crossed,
    Apart,
}

pub(super) struct Cache {
    entries: Mutex<BTreeMap<u8, u8>>,
    order: Mutex<Vec<u8>>,
    way: Way,
}

impl Cache {
    pub(super) fn with(way: Way) -> Self {
        Self { entries: Mutex::new(BTreeMap::new()), order: Mutex::new(Vec::new()), way }
    }
}

impl Cache {
    pub(super) fn put(&self, key: u8, value: u8) {
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

    pub(super) fn get(&self, key: u8) -> Option<u8> {
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
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    TwoPhases,
    PayerFirst,
    OneByOne,
}

pub(super) struct Bank {
    accounts: [Mutex<u32>; 2],
    transfer: Transfer,
}

impl Bank {
    pub(super) fn with(transfer: Transfer) -> Self {
        Self { accounts: std::array::from_fn(|_| Mutex::new(3)), transfer }
    }
}

impl Bank {
    pub(super) fn transfer(&self, there: bool, amount: u32) -> bool {
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

    pub(super) fn total(&self) -> u32 {
        let first = lock(&self.accounts[0]);
        let second = lock(&self.accounts[1]);
        *first + *second
    }
}
