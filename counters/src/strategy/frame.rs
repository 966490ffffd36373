//! Which objects this thread is inside of: who asks himself would wait for ever, and must be told instead.
//!
//! Actors use it for their methods; `sharded` for the making of its parts, and `left_right` for threads that have nothing
//! else any more to be known by. The frames of a thread are a list on its stack; a thread-local holds the newest. In a specification there is one thread,
//! which is inside of whatever is busy, so nobody asks.

use crate::thread::{alone, given_up};
use std::cell::Cell;
use std::ptr::null;

/// A stay inside an object, on the stack of the thread that stays.
pub(super) struct Frame {
    object: *const (),
    outer: *const Frame,
}

crate::thread::thread_local! {
    static NEWEST: Cell<*const Frame> = const { Cell::new(null()) };
}

impl Frame {
    /// Runs `body` inside of `object`.
    #[inline]
    pub(super) fn within<R>(object: *const (), body: impl FnOnce() -> R) -> R {
        /// Takes the frame off the list, also when unwinding: it lies on the stack.
        struct Leave(*const Frame);
        impl Drop for Leave {
            fn drop(&mut self) {
                if !given_up() {
                    let _ = NEWEST.try_with(|newest| newest.set(self.0));
                }
            }
        }
        if alone() {
            return body();
        }
        // A thread that ends has no thread-locals any more: then nobody is recognised, and that is all.
        let outer = NEWEST.try_with(Cell::get).unwrap_or(null());
        let frame = Self { object, outer };
        let _ = NEWEST.try_with(|newest| newest.set(&raw const frame));
        let _leave = Leave(outer);
        body()
    }

    /// Whether this thread is inside of `object`, of which `busy` says whether somebody is.
    pub(super) fn inside(object: *const (), busy: impl FnOnce() -> bool) -> bool {
        if alone() {
            return busy();
        }
        let mut at = NEWEST.try_with(Cell::get).unwrap_or(null());
        // SAFETY: each frame is on this thread's stack, further out than the one before, and is on the list for exactly as
        // long as it lives.
        while let Some(frame) = unsafe { at.as_ref() } {
            if frame.object == object {
                return true;
            }
            at = frame.outer;
        }
        false
    }
}

/// Says that an actor asks itself.
#[cold]
#[cfg_attr(feature = "explore", track_caller)]
pub(super) fn asks_itself(name: &str, what: &str) -> ! {
    panic!(
        "`{name}::{what}` is called from inside one of `{name}`'s own methods: the call would wait for the method that makes \
         it; call the plain method on `self` there, or one without a result, which is only posted"
    )
}
