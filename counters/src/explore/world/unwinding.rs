//! Who unwinds. std's own answer is the OS thread's: while one simulated thread unwinds, it is true for all of them.

use super::now::now;
use super::{World, me};
use std::cell::{Cell, RefCell};

thread_local! {
    /// Whether std's `panicking()` is stuck on this OS thread, see [`tainted`].
    static TAINTED: Cell<bool> = const { Cell::new(false) };
    /// The simulated threads that are unwinding now.
    static UNWINDING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Whether the thread that runs now, simulated or real, is unwinding.
///
/// std's own answer is the OS thread's: while one simulated thread unwinds, it is true for all of them.
#[inline]
pub fn panicking() -> bool {
    if !std::thread::panicking() {
        return false;
    }
    if !simulating() {
        return !TAINTED.get();
    }
    note_unwinding();
    let me = me();
    UNWINDING.with_borrow(|unwinding| unwinding.contains(&me))
}

/// Whether simulated threads share this OS thread, and the engine can be asked which of them runs.
#[inline]
pub(super) fn simulating() -> bool {
    now(|now| matches!(now.context.get().world, World::Loom | World::Shuttle) && !now.aborting.get())
}

/// Keeps the account of who unwinds, where the hook cannot: a panic that was caught, and one that was resumed.
///
/// Every operation comes here before the engine can switch. So if this OS thread does not unwind, no simulated thread
/// does; and if it does while no thread is known to, it is the one that runs now.
#[inline]
pub(super) fn note_unwinding() {
    if !std::thread::panicking() {
        if now(|now| now.oblivious.replace(true)) {
            return;
        }
        UNWINDING.with_borrow_mut(Vec::clear);
    } else if !TAINTED.get() && simulating() && UNWINDING.with_borrow(Vec::is_empty) {
        now_unwinds();
    }
}

/// Whether this OS thread must not explore again.
///
/// Where an engine gave up while a simulated thread was unwinding, that panic is never caught, and std counts it for as
/// long as the OS thread lives: shuttle then takes every end of an execution for a panic's. What has been found still
/// holds; what comes next needs another OS thread.
pub fn tainted() -> bool {
    TAINTED.get()
}

/// Whether any thread of the execution unwinds now.
///
/// Not the same as std's `panicking()` where the OS thread is [`tainted`]: then only the hook's account is left.
pub fn somebody_unwinds() -> bool {
    std::thread::panicking() && (!TAINTED.get() || UNWINDING.with_borrow(|unwinding| !unwinding.is_empty()))
}

/// The thread that runs now unwinds.
pub(super) fn now_unwinds() {
    let me = me();
    now(|now| now.oblivious.set(false));
    UNWINDING.with_borrow_mut(|unwinding| unwinding.push(me));
}

/// The thread that runs now has caught its panic.
pub fn panic_caught() {
    if simulating() {
        let me = me();
        UNWINDING.with_borrow_mut(|unwinding| unwinding.retain(|thread| *thread != me));
    }
}

/// An execution begins: nobody unwinds in it.
pub(super) fn forget() {
    UNWINDING.take();
}

/// An engine has given up, and no simulated thread of the execution will ever run again.
pub(super) fn execution_abandoned() {
    forget();
    now(|now| now.oblivious.set(true));
    if std::thread::panicking() && !TAINTED.replace(true) {
        // A simulated thread was unwinding when the engine gave up, and will never come to its end.
        now(|now| now.oblivious.set(false));
    }
}
