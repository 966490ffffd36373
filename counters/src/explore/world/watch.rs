//! What each simulated thread is about to do, and all that was done: for a director, who chooses the next thread by it.
//!
//! An operation is *pending* from before the engine's switch until it is complete, so at a switch the director sees what
//! every thread would do next. What it lets go on it enters in the log itself, in the moment of the choice
//! ([`chosen`]); what needs no choice, because no engine switches there or because the director does not care, is entered
//! when it is complete. So the log is in the order in which things happened.

use super::super::event::{Access, Deed, Object};
use std::cell::{Cell, RefCell};
use std::panic::Location;

/// An operation, of whatever thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thread.
    pub thread: usize,
    /// On what.
    pub object: Object,
    /// What it does.
    pub access: Access,
    /// The caller's line.
    pub location: &'static Location<'static>,
    /// Which of an operation's choices this is, from 1: waiting on a condition variable takes two. 0 for what needed none.
    pub stage: u8,
}

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    /// By thread; its stage counts the choices that it has had.
    static PENDING: RefCell<Vec<Option<Step>>> = const { RefCell::new(Vec::new()) };
    static LOG: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Whether executions that begin on this OS thread are watched.
pub fn watch(watched: bool) {
    WATCHED.set(watched);
    begin();
}

pub(super) fn watched() -> bool {
    WATCHED.get()
}

/// The number of the thread that this task of shuttle's runs: a watched execution's second task is the driver's.
pub fn number(task: usize) -> usize {
    task - usize::from(WATCHED.get() && task > 1)
}

/// The task that runs this thread.
pub(in crate::explore) fn task(number: usize) -> usize {
    number + usize::from(WATCHED.get() && number > 0)
}

/// An execution begins.
pub(super) fn begin() {
    PENDING.with_borrow_mut(Vec::clear);
    LOG.with_borrow_mut(Vec::clear);
}

pub(super) fn announce(thread: usize, object: Object, deed: Deed, location: &'static Location<'static>) {
    PENDING.with_borrow_mut(|pending| {
        if pending.len() <= thread {
            pending.resize(thread + 1, None);
        }
        pending[thread] = Some(Step { thread, object, access: deed.access, location, stage: 0 });
    });
}

/// The engine has made the thread that this one is starting: see `Trace::spawned`.
pub(super) fn spawned(thread: usize, number: usize) {
    let entered = PENDING.with_borrow_mut(|pending| match pending.get_mut(thread) {
        Some(Some(step)) if step.access == Access::Spawn => {
            step.object.address = number;
            step.stage > 0
        }
        _ => false,
    });
    if !entered {
        return;
    }
    LOG.with_borrow_mut(|log| {
        let spawn = |step: &&mut Step| step.thread == thread && step.access == Access::Spawn;
        if let Some(step) = log.iter_mut().rev().find(spawn) {
            step.object.address = number;
        }
    });
}

pub(super) fn complete(thread: usize) {
    let step = PENDING.with_borrow_mut(|pending| pending.get_mut(thread).and_then(Option::take));
    if let Some(step) = step
        && step.stage == 0
    {
        LOG.with_borrow_mut(|log| log.push(step));
    }
}

pub(super) fn note(thread: usize, object: Object, deed: Deed, location: &'static Location<'static>) {
    LOG.with_borrow_mut(|log| log.push(Step { thread, object, access: deed.access, location, stage: 0 }));
}

/// What this thread is about to do, if it has said so; its stage is that of the last choice it has had.
pub fn pending(thread: usize) -> Option<Step> {
    PENDING.with_borrow(|pending| pending.get(thread).copied().flatten())
}

/// The director lets this thread go on with what it is about to do: that is entered in the log now.
pub fn chosen(thread: usize) {
    PENDING.with_borrow_mut(|pending| {
        if let Some(Some(step)) = pending.get_mut(thread) {
            step.stage += 1;
            LOG.with_borrow_mut(|log| log.push(*step));
        }
    });
}

/// Reads what has been done so far in the execution under way, or in the last one.
pub fn with_log<R>(read: impl FnOnce(&[Step]) -> R) -> R {
    LOG.with_borrow(|log| read(log))
}
