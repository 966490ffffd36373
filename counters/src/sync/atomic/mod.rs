//! `std::sync::atomic`, explorable: in a build without the feature `explore` these *are* std's types.
//!
//! With `explore` an atomic is carried by the engine in whose execution it is constructed. Constructing one asks the
//! engine, so `new` is not `const` there, and an atomic cannot be a `static`: a `#[guarded(atomic)]` type can.
//! (An atomic that is born at first use instead would hide that it was published without synchronisation.) An atomic of
//! one execution is refused in another, and outside.
//!
//! Under loom SeqCst loads and stores are taken for Acquire and Release; SeqCst fences and read-modify-writes are not.
//! Under shuttle everything is sequentially consistent.

#[cfg(not(feature = "explore"))]
pub use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, fence,
};
pub use std::sync::atomic::{Ordering, compiler_fence};

#[cfg(feature = "explore")]
mod boolean;
#[cfg(feature = "explore")]
mod integer;
#[cfg(feature = "explore")]
mod pointer;

#[cfg(feature = "explore")]
pub use self::{
    boolean::AtomicBool,
    fences::fence,
    integer::{
        AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
    },
    pointer::AtomicPtr,
};

#[cfg(feature = "explore")]
mod fences {
    use super::{Ordering, action};
    use crate::explore::event::{Object, Outcome};
    use crate::explore::weaken;
    use crate::explore::world::{self, World};
    use std::panic::Location;

    /// As [`std::sync::atomic::fence`].
    #[track_caller]
    pub fn fence(ordering: Ordering) {
        let object = Object { kind: "fence", address: 0 };
        let Some(ordering) = weaken::fence(ordering, Location::caller()) else { return };
        match world::current() {
            World::Std | World::Sequential => std::sync::atomic::fence(ordering),
            World::Loom => world::operation(
                object,
                action::fence(ordering),
                Location::caller(),
                |()| Outcome::Done,
                || {
                    world::engine(|| loom::sync::atomic::fence(ordering));
                },
            ),
            World::Shuttle => {
                world::operation(
                    object,
                    action::fence(ordering),
                    Location::caller(),
                    |()| Outcome::Done,
                    || {
                        world::engine(|| shuttle::sync::atomic::fence(ordering));
                    },
                );
            }
        }
    }
}

/// The names of operations in traces.
#[cfg(feature = "explore")]
pub(crate) mod action {
    use super::Ordering;
    use crate::explore::event::{Access, Deed};

    macro_rules! named {
        ($access:ident: $($name:ident)*) => { $(
            /// What it does, and its name with its ordering.
            pub(crate) fn $name(ordering: Ordering) -> Deed {
                let action = match ordering {
                    Ordering::Relaxed => concat!(stringify!($name), "(Relaxed)"),
                    Ordering::Acquire => concat!(stringify!($name), "(Acquire)"),
                    Ordering::Release => concat!(stringify!($name), "(Release)"),
                    Ordering::AcqRel => concat!(stringify!($name), "(AcqRel)"),
                    Ordering::SeqCst => concat!(stringify!($name), "(SeqCst)"),
                    _ => stringify!($name),
                };
                Deed::new(action, Access::$access(ordering))
            }
        )* };
    }
    named!(Load: load);
    named!(Store: store);
    named!(Update: swap fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min);
    named!(Fence: fence);

    /// As the others; the name has the ordering of success.
    pub(crate) fn compare_exchange(success: Ordering, failure: Ordering) -> Deed {
        let action = match success {
            Ordering::Relaxed => "compare_exchange(Relaxed)",
            Ordering::Acquire => "compare_exchange(Acquire)",
            Ordering::Release => "compare_exchange(Release)",
            Ordering::AcqRel => "compare_exchange(AcqRel)",
            Ordering::SeqCst => "compare_exchange(SeqCst)",
            _ => "compare_exchange",
        };
        Deed::new(action, Access::Exchange { success, failure })
    }
}

/// Whose an atomic or a cell is that was created in the execution `owner`: refuses it anywhere else.
#[cfg(feature = "explore")]
#[inline]
#[track_caller]
pub(crate) fn require_born_here(what: &str, owner: crate::explore::world::ExecutionId) {
    use crate::explore::world;
    if owner != world::id() {
        born_elsewhere(what, owner);
    }
    if world::current() == world::World::Sequential {
        world::touch();
    }
}

#[cfg(feature = "explore")]
#[cold]
#[track_caller]
fn born_elsewhere(what: &str, owner: crate::explore::world::ExecutionId) -> ! {
    use crate::explore::world;
    if world::id() == world::STD {
        world::refuse(format_args!(
            "this `{what}` was created in an exploration and is used outside: its value is the engine's, take it out inside"
        ));
    }
    let whose = if owner == world::STD { "outside the exploration" } else { "in another execution" };
    world::refuse(format_args!(
        "this `{what}` was created {whose}: it outlives the execution, as a `static` does, or what a scenario captures from \
         outside; create it inside the scenario, or make it a `#[guarded]` static, which is set up afresh for each execution"
    ));
}
