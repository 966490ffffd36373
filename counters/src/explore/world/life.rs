//! What an observed execution has made and not dropped: leaks, with the line where each object was made.
//!
//! Kept for what is born where it is constructed, the atomics and the cells: a lock behind a `const fn new` may as well be
//! a `static`. The account is made when the last thread of an execution has ended and its thread-locals and its copies of
//! statics are gone. What is there then, nobody will ever drop.

use super::{ExecutionId, id, observing};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;

/// What was made: its type, and where.
type Made = (&'static str, &'static Location<'static>);

thread_local! {
    /// By the object's number in the execution under way.
    static ALIVE: RefCell<BTreeMap<usize, Made>> = const { RefCell::new(BTreeMap::new()) };
    static LEAKED: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) };
}

/// Places that are remembered until somebody asks.
const MOST: usize = 16;

/// A part of each tracked object, which goes when it goes.
#[derive(Debug)]
pub struct Life {
    owner: ExecutionId,
    /// 0 where nobody observes.
    serial: usize,
}

impl Life {
    /// The object with this number in the execution under way is born, for the caller.
    #[inline]
    #[track_caller]
    pub fn new(kind: &'static str, serial: usize) -> Self {
        if !observing() {
            return Self { owner: id(), serial: 0 };
        }
        let made = (kind, Location::caller());
        ALIVE.with_borrow_mut(|alive| alive.insert(serial, made));
        Self { owner: id(), serial }
    }
}

impl Drop for Life {
    #[inline]
    fn drop(&mut self) {
        if self.serial == 0 || id() != self.owner {
            return;
        }
        // At the end of an OS thread there may be no account any more.
        let _ = ALIVE.try_with(|alive| {
            if let Ok(mut alive) = alive.try_borrow_mut() {
                alive.remove(&self.serial);
            }
        });
    }
}

/// An execution begins.
pub(super) fn begin() {
    ALIVE.with_borrow_mut(BTreeMap::clear);
}

/// The last thread of the execution has ended, and all that it owned is dropped.
pub(super) fn settle() {
    let left = ALIVE.with_borrow_mut(std::mem::take);
    LEAKED.with_borrow_mut(|leaked| {
        for made in left.into_values() {
            if leaked.len() < MOST && !leaked.contains(&made) {
                leaked.push(made);
            }
        }
    });
}

/// What the observed executions on this OS thread have leaked since this was asked last: each type and place once.
pub fn take_leaked() -> Vec<(&'static str, &'static Location<'static>)> {
    LEAKED.with_borrow_mut(std::mem::take)
}
