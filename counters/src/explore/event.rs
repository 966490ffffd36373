//! Events: what an execution did, operation by operation.
//!
//! An operation is announced before the engine may switch threads, and completed after: an announced event that was
//! never completed is where its thread still waits.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// A facade object, by kind and address; the trace numbers them for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    /// "Mutex", "AtomicU64".
    pub kind: &'static str,
    /// Which one it is: a serial number of the execution's, or where it is. Addresses differ from run to run: never
    /// printed.
    pub address: usize,
}

impl Object {
    /// The object behind a reference.
    pub fn of<T: ?Sized>(kind: &'static str, object: &T) -> Self {
        Self { kind, address: std::ptr::from_ref(object).cast::<()>() as usize }
    }
}

/// Who may hold a lock beside the one who takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// Nobody: a mutex, or a writer.
    Exclusive,
    /// Other readers.
    Shared,
}

/// What an operation does to its object, for those who reason about executions: which operations can change places
/// (partial-order reduction), what orders what (vector clocks), who holds what (lock graph).
///
/// Objects that are made of others announce their parts: a channel is a mutex and a condition variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reads an atomic.
    Load(Ordering),
    /// Writes an atomic.
    Store(Ordering),
    /// Reads and writes an atomic in one step.
    Update(Ordering),
    /// Reads an atomic, and writes it if it has the expected value.
    Exchange {
        /// The ordering where it writes.
        success: Ordering,
        /// The ordering where it does not.
        failure: Ordering,
    },
    /// A fence; it has no object.
    Fence(Ordering),
    /// Waits for a lock, and takes it.
    Lock(Sharing),
    /// Takes a lock if nobody is in the way; the outcome says whether.
    TryLock(Sharing),
    /// Gives a lock back.
    Unlock(Sharing),
    /// Gives `mutex` back, waits to be notified, and takes it again: two steps of the program. The object is the
    /// condition variable.
    Wait {
        /// The lock.
        mutex: Object,
        /// Whether it may also go on because its time is over.
        timeout: bool,
    },
    /// Wakes one who waits.
    NotifyOne,
    /// Wakes all who wait.
    NotifyAll,
    /// Waits for its own thread's token, and takes it; the object is the thread.
    Park {
        /// Whether it may also go on because its time is over.
        timeout: bool,
    },
    /// Puts the thread's token there.
    Unpark,
    /// Starts the thread.
    Spawn,
    /// Waits for the thread's end.
    Join,
    /// Lets others run, and orders nothing.
    Yield,
    /// Reads a cell.
    Read,
    /// Writes a cell.
    Write,
    /// An operation of the type under test is called. The explorer's own; it orders nothing.
    Call,
    /// An operation of the type under test has returned.
    Return,
}

impl Access {
    /// Whether it is an atomic's.
    pub fn is_atomic(self) -> bool {
        matches!(self, Self::Load(_) | Self::Store(_) | Self::Update(_) | Self::Exchange { .. })
    }

    /// Whether others may have seen of it what its thread did before: not where it only waits.
    pub fn is_deed(self) -> bool {
        !self.is_atomic() && !matches!(self, Self::Join)
    }

    /// Whether it may change its object: two that cannot change places with each other if both are on one object.
    pub fn writes(self) -> bool {
        !matches!(
            self,
            Self::Load(_)
                | Self::Read
                | Self::Fence(_)
                | Self::Yield
                | Self::Spawn
                | Self::Join
                | Self::Call
                | Self::Return
        )
    }
}

/// The name of the event that a lock was given back by a thread that unwound.
pub const POISONS: &str = "unlock, and poisons it";

/// An operation's name, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// "lock", "unlock", "load(Acquire)".
    pub action: &'static str,
    /// What it does to its object.
    pub access: Access,
}

impl Deed {
    /// `Mutex::lock`.
    pub const LOCK: Self = Self::new("lock", Access::Lock(Sharing::Exclusive));
    /// `Mutex::try_lock`.
    pub const TRY_LOCK: Self = Self::new("try_lock", Access::TryLock(Sharing::Exclusive));
    /// A mutex or a write lock is given back.
    pub const UNLOCK: Self = Self::new("unlock", Access::Unlock(Sharing::Exclusive));
    /// The same, by a thread that unwinds.
    pub const POISONS: Self = Self::new(POISONS, Access::Unlock(Sharing::Exclusive));
    /// `RwLock::read`.
    pub const READ: Self = Self::new("read", Access::Lock(Sharing::Shared));
    /// `RwLock::try_read`.
    pub const TRY_READ: Self = Self::new("try_read", Access::TryLock(Sharing::Shared));
    /// A read lock is given back.
    pub const UNLOCK_READ: Self = Self::new("unlock", Access::Unlock(Sharing::Shared));
    /// `RwLock::write`.
    pub const WRITE: Self = Self::new("write", Access::Lock(Sharing::Exclusive));
    /// `RwLock::try_write`.
    pub const TRY_WRITE: Self = Self::new("try_write", Access::TryLock(Sharing::Exclusive));
    /// A thread is started.
    pub const SPAWN: Self = Self::new("spawn", Access::Spawn);
    /// A thread is waited for.
    pub const JOIN: Self = Self::new("join", Access::Join);
    /// An operation of the type under test begins.
    pub const CALL: Self = Self::new("call", Access::Call);
    /// An operation of the type under test has ended.
    pub const RETURN: Self = Self::new("return", Access::Return);

    /// What is called `action` and does this.
    pub const fn new(action: &'static str, access: Access) -> Self {
        Self { action, access }
    }
}

/// What an operation came to, for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has not returned.
    Pending,
    /// It returned, and that is all there is to say.
    Done,
    /// It returned this.
    Value(String),
}

/// One operation of the facade, or of the type under test.
#[derive(Clone, Debug)]
pub struct Event {
    /// The simulated thread's number; 0 is the main thread.
    pub thread: usize,
    /// On what.
    pub object: Object,
    /// The object's number among those of its kind, from 1, by first appearance.
    pub number: usize,
    /// "lock", "unlock", "load(Acquire)".
    pub action: &'static str,
    /// What it does to the object.
    pub access: Access,
    /// The caller's line.
    pub location: &'static Location<'static>,
    /// What came of it.
    pub outcome: Outcome,
    /// How many events were complete when it began.
    pub begun: usize,
    /// The event's place in the order of completion.
    pub completed: Option<usize>,
    /// What the object held when it was made, where that is known.
    pub born: Option<String>,
    /// What a read-modify-write wrote, where that is known; its outcome says only what it read.
    pub wrote: Option<String>,
}

thread_local! {
    static WROTE: Cell<Option<String>> = const { Cell::new(None) };
}

/// The event that is completed next on this OS thread wrote this.
pub(crate) fn wrote(value: String) {
    WROTE.set(Some(value));
}

/// The events of one execution.
#[derive(Debug, Default)]
pub struct Trace {
    events: Vec<Event>,
    numbers: HashMap<Object, usize>,
    of_kind: HashMap<&'static str, usize>,
    /// What objects held when they were made.
    born: HashMap<Object, String>,
    completed: usize,
}

impl Trace {
    /// Begins an event.
    pub fn announce(
        &mut self,
        thread: usize,
        object: Object,
        deed: Deed,
        location: &'static Location<'static>,
    ) -> usize {
        let of_kind = &mut self.of_kind;
        let number = *self.numbers.entry(object).or_insert_with(|| {
            let count = of_kind.entry(object.kind).or_insert(0);
            *count += 1;
            *count
        });
        self.events.push(Event {
            thread,
            object,
            number,
            action: deed.action,
            access: deed.access,
            location,
            outcome: Outcome::Pending,
            begun: self.completed,
            completed: None,
            born: self.born.get(&object).cloned(),
            wrote: None,
        });
        self.events.len() - 1
    }

    /// An object is made, and holds this.
    pub fn born(&mut self, object: Object, value: String) {
        self.born.insert(object, value);
    }

    /// The engine has made the thread that this one is starting: what was announced was a guess, since two threads that
    /// start others at once do not know which is first.
    pub fn spawned(&mut self, thread: usize, number: usize) {
        let spawn = |event: &&mut Event| event.thread == thread && event.access == Access::Spawn;
        if let Some(event) = self.events.iter_mut().rev().find(spawn) {
            event.object.address = number;
        }
    }

    /// Ends an event.
    pub fn complete(&mut self, index: usize, outcome: Outcome) {
        if let Some(event) = self.events.get_mut(index) {
            event.outcome = outcome;
            event.wrote = WROTE.take();
            event.completed = Some(self.completed);
            self.completed += 1;
        }
    }

    /// The events in the order of completion; those that never returned come last, in the order of their calls.
    pub fn into_events(mut self) -> Vec<Event> {
        self.events.sort_by_key(|event| event.completed.unwrap_or(usize::MAX));
        self.events
    }
}
