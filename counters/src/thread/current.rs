//! The thread that runs now: who it is, and letting others run.

use crate::explore::event::{Access, Deed, Object, Outcome};
use crate::explore::world::{self, ExecutionId, World};
use std::cell::RefCell;
use std::fmt;
use std::num::NonZero;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A thread's number, unlike any other's, as [`std::thread::ThreadId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadId(Id);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    Real(std::thread::ThreadId),
    Simulated(ExecutionId, usize),
}

/// A handle to a thread, as [`std::thread::Thread`].
#[derive(Clone)]
pub struct Thread {
    id: ThreadId,
    name: Option<Arc<str>>,
    parked: Parked,
}

/// Whom `unpark` is for.
#[derive(Clone)]
pub(super) enum Parked {
    Real(std::thread::Thread),
    Simulated(ExecutionId, usize),
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Thread {
    pub(super) fn real(thread: &std::thread::Thread) -> Self {
        Self {
            id: ThreadId(Id::Real(thread.id())),
            name: thread.name().map(Arc::from),
            parked: Parked::Real(thread.clone()),
        }
    }

    pub(super) fn simulated(number: usize, name: Option<Arc<str>>) -> Self {
        let id = world::id();
        Self { id: ThreadId(Id::Simulated(id, number)), name, parked: Parked::Simulated(id, number) }
    }

    /// Who asks for these can tell threads apart that are alike otherwise.
    fn tells_apart(&self) {
        if matches!(self.id.0, Id::Simulated(..)) {
            world::tell_apart();
        }
    }

    /// Its number.
    pub fn id(&self) -> ThreadId {
        self.tells_apart();
        self.id
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.tells_apart();
        self.name.as_deref()
    }

    /// Lets the thread go on: now if it is parked, otherwise when it parks the next time.
    #[track_caller]
    pub fn unpark(&self) {
        super::park::unpark(&self.parked);
    }
}

thread_local! {
    /// The names of the simulated threads on this OS thread, by execution and number.
    static NAMES: RefCell<Vec<(ExecutionId, usize, Arc<str>)>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a simulated thread's name.
pub(super) fn named(number: usize, name: &Arc<str>) {
    let id = world::id();
    NAMES.with_borrow_mut(|names| {
        names.retain(|(execution, ..)| *execution == id);
        names.push((id, number, Arc::clone(name)));
    });
}

/// A handle to the thread that runs now.
pub fn current() -> Thread {
    if world::current() == World::Std {
        return Thread::real(&std::thread::current());
    }
    let (id, me) = (world::id(), world::me());
    let name = NAMES.with_borrow(|names| {
        names
            .iter()
            .find(|(execution, number, _)| (*execution, *number) == (id, me))
            .map(|(_, _, name)| Arc::clone(name))
    });
    // As in std, the main thread is called so.
    Thread::simulated(me, name.or_else(|| (me == 0).then(|| Arc::from("main"))))
}

/// Whether the thread that runs now unwinds. std's own answer is the OS thread's, which simulated threads share.
#[inline]
pub fn panicking() -> bool {
    world::panicking()
}

/// How many threads can run at once. In an exploration always 2, so that it does not depend on the machine.
///
/// # Errors
/// As [`std::thread::available_parallelism`].
pub fn available_parallelism() -> std::io::Result<NonZero<usize>> {
    if world::current() == World::Std {
        return std::thread::available_parallelism();
    }
    Ok(const { NonZero::new(2).expect("not zero") })
}

/// Lets other threads run.
#[track_caller]
pub fn yield_now() {
    if world::current() == World::Std {
        std::thread::yield_now();
    } else {
        give_way("yield_now", Location::caller());
    }
}

/// Sleeps for about this long. An exploration has no time: there it lets other threads run, and orders nothing.
#[track_caller]
pub fn sleep(duration: Duration) {
    if world::current() == World::Std {
        std::thread::sleep(duration);
    } else {
        give_way("sleep", Location::caller());
    }
}

/// Lets other simulated threads run.
pub(crate) fn give_way(action: &'static str, location: &'static Location<'static>) {
    let perform: fn() = match world::current() {
        World::Loom => loom::thread::yield_now,
        World::Shuttle => shuttle::thread::yield_now,
        // There is no other.
        World::Std | World::Sequential => return,
    };
    let me = Object { kind: "thread", address: world::me() };
    world::operation(me, Deed::new(action, Access::Yield), location, |()| Outcome::Done, || world::engine(perform));
}
