//! Sleeping until somebody wakes exactly this thread: `park` and `unpark` for the strategies' own use.
//!
//! Whoever sleeps has first told, in an atomic of the caller's, that he will; whoever wakes has found that there. So there
//! is one [`Sleeper::wake`] for one [`rest`], and between telling and sleeping the thread does nothing else. That is why
//! loom's own `park` serves here: its `unpark` would also tear a thread out of a lock that it waits for, but nobody is
//! woken who waits for anything else. Under std a sleep may end for no reason: look again, and sleep again.

#[cfg(feature = "explore")]
pub(crate) use explored::{Sleeper, alone, given_up, pass_on, rest};
#[cfg(not(feature = "explore"))]
pub(crate) use shipping::{Sleeper, alone, given_up, pass_on, rest};

#[cfg(not(feature = "explore"))]
mod shipping {
    /// A thread to wake.
    pub(crate) struct Sleeper(std::thread::Thread);

    impl Sleeper {
        /// The thread that runs now.
        pub(crate) fn here() -> Self {
            Self(std::thread::current())
        }

        /// Ends its sleep, or the next one.
        pub(crate) fn wake(&self) {
            self.0.unpark();
        }
    }

    /// Sleeps until woken.
    pub(crate) fn rest() {
        std::thread::park();
    }

    /// After the last [`rest`]: a thread has one token for all who wake it, so one that somebody else had left for the
    /// thread's own `park` may be gone. It is put back; at worst that `park` returns once for no reason, as it may.
    pub(crate) fn pass_on() {
        std::thread::current().unpark();
    }

    /// Whether there are no other threads at all, nor can there be: in a specification.
    #[inline(always)]
    pub(crate) const fn alone() -> bool {
        false
    }

    /// Whether there is no point in going on: in an execution that an engine has given up, or that was refused.
    #[inline(always)]
    pub(crate) const fn given_up() -> bool {
        false
    }
}

#[cfg(feature = "explore")]
mod explored {
    use crate::explore::event::{Access, Deed, Object, Outcome};
    use crate::explore::world::{self, World};
    use std::panic::Location;

    /// A thread to wake.
    pub(crate) struct Sleeper {
        number: usize,
        handle: Handle,
    }

    enum Handle {
        Std(std::thread::Thread),
        Loom(loom::thread::Thread),
        Shuttle(shuttle::thread::Thread),
    }

    impl Sleeper {
        /// The thread that runs now.
        pub(crate) fn here() -> Self {
            let handle = match world::current() {
                World::Std | World::Sequential => Handle::Std(std::thread::current()),
                World::Loom => Handle::Loom(loom::thread::current()),
                World::Shuttle => Handle::Shuttle(shuttle::thread::current()),
            };
            Self { number: world::me(), handle }
        }

        /// Ends its sleep, or the next one.
        #[track_caller]
        pub(crate) fn wake(&self) {
            let wake = || match &self.handle {
                Handle::Std(thread) => thread.unpark(),
                Handle::Loom(thread) => world::engine(|| thread.unpark()),
                Handle::Shuttle(thread) => world::engine(|| thread.unpark()),
            };
            if let Handle::Std(_) = self.handle {
                return wake();
            }
            let thread = Object { kind: "thread", address: self.number };
            world::operation(thread, Deed::new("wake", Access::Unpark), Location::caller(), |()| Outcome::Done, wake);
        }
    }

    /// Sleeps until woken.
    #[track_caller]
    pub(crate) fn rest() {
        let location = Location::caller();
        let perform: fn() = match world::current() {
            World::Std => return std::thread::park(),
            World::Sequential => {
                world::block(format!("it sleeps, and nobody is there to wake it (at {location})"), false)
            }
            World::Loom => loom::thread::park,
            World::Shuttle => shuttle::thread::park,
        };
        let me = Object { kind: "thread", address: world::me() };
        world::operation(
            me,
            Deed::new("rest", Access::Park { timeout: false }),
            location,
            |()| Outcome::Done,
            || world::engine(perform),
        );
    }

    /// As in a build that ships; simulated threads have a token of their own for the user's `park`.
    pub(crate) fn pass_on() {
        if world::current() == World::Std {
            std::thread::current().unpark();
        }
    }

    /// Whether there is no point in going on: in an execution that an engine has given up, or that was refused. Nothing
    /// may be asked of the engine then, or need be.
    pub(crate) fn given_up() -> bool {
        world::current() != World::Std && (world::aborting() || world::refused())
    }

    /// Whether there are no other threads at all, nor can there be: in a specification.
    #[inline]
    pub(crate) fn alone() -> bool {
        world::current() == World::Sequential
    }
}
