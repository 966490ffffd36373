//! The switch: which mistake, if any, the strategies make on this OS thread.
//!
//! All simulated threads of an execution are on one OS thread, so a thread-local is the execution's own, and explorations
//! side by side do not meet. A specification runs on the same OS thread, in the midst of an execution: it is always told
//! to be whole, since a guarded object may lie inside a plain state.

use crate::strategy::Mutation;
use std::cell::Cell;

thread_local! {
    static BROKEN: Cell<Option<Mutation>> = const { Cell::new(None) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the execution under way is to make this mistake.
#[inline]
pub fn broken(mutation: Mutation) -> bool {
    let broken = BROKEN.get() == Some(mutation);
    if broken {
        ASKED.set(true);
    }
    broken
}

/// Whether the mistake has had a place to be made in, on this OS thread, since this was last asked. Where it had none, the
/// mutant is the original: nothing that was found says anything of the mistake.
pub fn take_asked() -> bool {
    ASKED.replace(false)
}

/// The mistake that is made on this OS thread.
pub fn current() -> Option<Mutation> {
    BROKEN.get()
}

/// Runs `body` with this mistake, or with none.
pub fn within<R>(mutation: Option<Mutation>, body: impl FnOnce() -> R) -> R {
    struct Restore(Option<Mutation>);
    impl Drop for Restore {
        fn drop(&mut self) {
            BROKEN.set(self.0);
        }
    }
    // Each call of each specification comes here, and hardly ever is there a mistake to be told of.
    if mutation.is_none() && BROKEN.get().is_none() {
        return body();
    }
    let _restore = Restore(BROKEN.replace(mutation));
    body()
}
