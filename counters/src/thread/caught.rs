//! Catching a panic of code that runs on behalf of another thread.
//!
//! In an exploration not every panic is the code's own: the engine unwinds a thread when it gives up, a refusal ends the
//! execution, and a specification's call that would wait ends by one. Those go on to where they belong.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `body`, and catches its panic.
#[inline]
pub(crate) fn catch<R>(body: impl FnOnce() -> R) -> std::thread::Result<R> {
    let result = catch_unwind(AssertUnwindSafe(body));
    #[cfg(feature = "explore")]
    let result = match result {
        Err(payload) if foreign(&*payload) => std::panic::resume_unwind(payload),
        Err(payload) => {
            crate::explore::world::panic_caught();
            Err(payload)
        }
        result => result,
    };
    result
}

/// Whether this panic is not the result of the code that was run.
#[cfg(feature = "explore")]
fn foreign(payload: &(dyn std::any::Any + Send)) -> bool {
    use crate::explore::world::{self, Blocked, Refused, World};
    world::current() != World::Std && (world::aborting() || payload.is::<Refused>() || payload.is::<Blocked>())
}
