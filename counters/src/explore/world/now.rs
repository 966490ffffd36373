//! What this OS thread knows at each operation: together, because each look at a thread-local costs what a few steps do.

use super::super::native::atomic::AtomicU64;
use super::{Context, OUTSIDE};
use std::cell::Cell;

/// Of this OS thread.
pub(super) struct Now {
    pub(super) context: Cell<Context>,
    /// Who wants to know of operations: bits, see `execution`.
    pub(super) recording: Cell<u8>,
    /// Whether the engine has given up on the execution under way.
    pub(super) aborting: Cell<bool>,
    /// Whether nobody is known to be unwinding, the usual case.
    pub(super) oblivious: Cell<bool>,
    /// Whether a refusal or a wait may be there to be taken.
    pub(super) told: Cell<bool>,
    /// Under loom, the thread that runs: to ask loom is to look it up in a table. It is set where a thread begins and where
    /// an operation, in which loom may have let others run, is over.
    pub(super) runs: Cell<usize>,
    /// What shows the supervisor that this OS thread lives.
    pub(super) beats: Cell<Option<&'static AtomicU64>>,
    /// Whether the specification that runs now has touched a facade object, and how often.
    pub(super) touched: Cell<bool>,
    pub(super) touches: Cell<u32>,
    /// Whether the specification that runs now is entered in `ACTIVE`.
    pub(super) activated: Cell<bool>,
    /// Whether what runs in the sequential world is an object that is tried alone, and no specification.
    pub(super) alone: Cell<bool>,
}

thread_local! {
    static NOW: Now = const {
        Now {
            context: Cell::new(OUTSIDE),
            recording: Cell::new(0),
            aborting: Cell::new(false),
            oblivious: Cell::new(true),
            told: Cell::new(false),
            runs: Cell::new(0),
            beats: Cell::new(None),
            touched: Cell::new(false),
            touches: Cell::new(0),
            activated: Cell::new(false),
            alone: Cell::new(false),
        }
    };
}

/// Looks at it, or changes it.
#[inline(always)]
pub(super) fn now<R>(body: impl FnOnce(&Now) -> R) -> R {
    NOW.with(body)
}
