//! An atomic word behind a `const fn new`: born at first use, in whatever world that happens.
//!
//! Under loom a first use is no place to be born. loom takes an atomic's creation for an exclusive access by the thread
//! that creates it, so a thread that touches the word later, ordered after nothing, would be reported for a race that
//! the program does not have. Instead blank words are born at the start of every execution, before any thread, and a
//! word takes one of those at its first use. A blank holds the value minus the initial value, so it starts at zero
//! whatever word it will be. While no other thread is there, none is needed: a word is born where it is used first.
//!
//! What that hides: publishing a freshly built object by a Relaxed store. The word inside looks as if it had been there
//! from the beginning. Words that are constructed where they are used, [`crate::sync::atomic`]'s, do not hide it.

use super::home::{Home, Slot};
use super::loads;
use super::native::atomic::{AtomicU64, AtomicUsize};
use super::weaken::{self, Operation};
use super::world::{self, World};
use crate::explore::event::{Access, Deed, Object, Outcome};
use crate::strategy::Change;
use crate::sync::atomic::action;
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::atomic::Ordering;

/// A word of the `atomic` strategy.
#[derive(Debug)]
pub struct LateWord {
    home: Home,
    initial: u64,
    /// The word in the world outside and in specifications.
    plain: AtomicU64,
    engine: Slot<Engine>,
    /// Whether it holds a pointer: those differ from run to run, and are not shown.
    pointer: bool,
}

#[derive(Debug)]
enum Engine {
    /// Holds the value minus the initial value.
    Loom(loads::AtomicU64),
    Shuttle(shuttle::sync::atomic::AtomicU64),
}

/// How many blanks an exploration's first execution starts with. It only grows, when an execution has run out.
static POOL: AtomicUsize = AtomicUsize::new(8);

thread_local! {
    static BLANKS: RefCell<Vec<loads::AtomicU64>> = const { RefCell::new(Vec::new()) };
    /// How many the first execution of the exploration under way starts with, whatever explorations on other OS threads
    /// find out meanwhile.
    static SIZE: Cell<usize> = const { Cell::new(0) };
    /// How many the execution under way started with; nothing before the first.
    static FILLED: Cell<Option<usize>> = const { Cell::new(None) };
    /// The most that an execution of the exploration under way has taken. Each costs every execution as much as some steps
    /// do, so that after the first there are no more than that.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
    /// Whether that was once too few on this OS thread: then all executions start with as many as the first.
    static AMPLE: Cell<bool> = const { Cell::new(false) };
}

/// An exploration begins.
pub(in crate::explore) fn settle_pool() {
    // Relaxed: a number, which publishes nothing.
    SIZE.set(POOL.load(Ordering::Relaxed));
    FILLED.set(None);
    TAKEN.set(0);
}

/// Whether an execution on this OS thread has wanted more blanks than there were, though the first one had enough. It is told
/// to begin anew, and what then is explored takes the same ways: how many blanks there are is nothing that loom looks at.
pub(in crate::explore) fn ample() -> bool {
    AMPLE.get()
}

/// Fills the pool for the execution that begins. Creating an atomic is no choice of the engine's: it adds no execution.
pub(in crate::explore) fn fill_pool() {
    loads::fill_pool();
    let size = if FILLED.get().is_none() || ample() { SIZE.get() } else { TAKEN.get() };
    FILLED.set(Some(size));
    BLANKS.with_borrow_mut(|blanks| {
        blanks.clear();
        blanks.extend((0..size).map(|_| loads::AtomicU64::new(0)));
    });
}

#[track_caller]
fn blank() -> loads::AtomicU64 {
    if !world::accompanied() {
        // Whoever comes to it later is started by this thread, or has ended: that is ordered, and no blank is needed.
        return world::engine(|| loads::AtomicU64::new(0));
    }
    let filled = FILLED.get().unwrap_or(0);
    let (blank, left) = BLANKS.with_borrow_mut(|blanks| (blanks.pop(), blanks.len()));
    if let Some(blank) = blank {
        TAKEN.set(TAKEN.get().max(filled - left));
        return blank;
    }
    let size = SIZE.get();
    if filled < size {
        AMPLE.set(true);
    } else {
        // Relaxed: as above.
        POOL.fetch_max(2 * size, Ordering::Relaxed);
    }
    world::refuse(format_args!(
        "{NEEDS_RESTART}: more than {filled} words of `#[guarded(atomic)]` type were first used in one execution; there are \
         more from now on, so run it again"
    ))
}

fn action_of(change: Change, ordering: Ordering) -> Deed {
    match change {
        Change::Add(_) => action::fetch_add(ordering),
        Change::Max(_) | Change::SignedMax(_) => action::fetch_max(ordering),
        Change::Min(_) | Change::SignedMin(_) => action::fetch_min(ordering),
        Change::And(_) => action::fetch_and(ordering),
        Change::Or(_) => action::fetch_or(ordering),
        Change::Xor(_) => action::fetch_xor(ordering),
        Change::Swap(_) => action::swap(ordering),
    }
}

/// How the refusal begins that says that the same exploration will succeed if it is started again.
pub const NEEDS_RESTART: &str = "restart";

/// One engine's word, or the plain one: what an operation acts on.
enum Word<'a> {
    Plain(&'a AtomicU64),
    Loom(&'a loads::AtomicU64, u64),
    Shuttle(&'a shuttle::sync::atomic::AtomicU64),
}

impl LateWord {
    /// A word with this value in every world.
    pub const fn new(value: u64) -> Self {
        Self { home: Home::new(), initial: value, plain: AtomicU64::new(value), engine: Slot::new(), pointer: false }
    }

    /// A word that holds a pointer, null at first.
    pub const fn null() -> Self {
        Self { home: Home::new(), initial: 0, plain: AtomicU64::new(0), engine: Slot::new(), pointer: true }
    }

    /// Whether it belongs to where we are, and can still be asked.
    pub fn is_ours(&self) -> bool {
        self.home.can_ask()
    }

    /// Sees to it that the word is born now.
    #[track_caller]
    pub fn settle(&self) {
        let _ = self.word();
    }

    /// Whether its engine can be asked: the execution that it belongs to is under way, and has not been given up.
    pub fn can_ask(&self) -> bool {
        self.home.can_ask()
    }

    /// The value of a word that nobody else can reach. A step of the engine, since only a read-modify-write sees the last
    /// value whatever orders it; where the engine cannot be asked, what it knew is lost, and the answer is the first value.
    #[track_caller]
    pub fn latest(&mut self) -> u64 {
        match self.engine.get_mut() {
            None => *self.plain.get_mut(),
            Some(_) if !self.home.can_ask() => self.initial,
            Some(_) => self.fetch_add(0, Ordering::AcqRel),
        }
    }

    #[inline]
    #[track_caller]
    fn word(&self) -> Word<'_> {
        if self.home.is_std() {
            return Word::Plain(&self.plain);
        }
        self.home.require("atomic word");
        // SAFETY: the line above has made it ours; neither engine's constructor comes back here.
        let engine = |make: fn() -> Engine| unsafe { self.engine.get_or_make(make) };
        match world::current() {
            World::Std => Word::Plain(&self.plain),
            World::Sequential => {
                world::touch();
                Word::Plain(&self.plain)
            }
            World::Loom => match engine(|| Engine::Loom(blank())) {
                Engine::Loom(word) => Word::Loom(word, self.initial),
                Engine::Shuttle(_) => unreachable!("one owner, one engine"),
            },
            World::Shuttle => {
                // SAFETY: as above.
                let engine = unsafe {
                    self.engine.get_or_make(|| Engine::Shuttle(shuttle::sync::atomic::AtomicU64::new(self.initial)))
                };
                match engine {
                    Engine::Shuttle(word) => Word::Shuttle(word),
                    Engine::Loom(_) => unreachable!("one owner, one engine"),
                }
            }
        }
    }

    #[inline]
    fn operate<R>(
        &self,
        deed: Deed,
        location: &'static Location<'static>,
        describe: impl FnOnce(&R) -> Outcome,
        perform: impl FnOnce() -> R,
    ) -> R {
        world::operation(Object::of("atomic word", self), deed, location, describe, || world::engine(perform))
    }

    /// As `AtomicU64::load`.
    #[inline]
    #[track_caller]
    pub fn load(&self, ordering: Ordering) -> u64 {
        let show = |value: &u64| if self.pointer { Outcome::Done } else { Outcome::Value(value.to_string()) };
        let ordering = weaken::ordering(Operation::Load, ordering, Location::caller());
        match self.word() {
            Word::Plain(word) => word.load(ordering),
            Word::Loom(word, initial) => self.operate(action::load(ordering), Location::caller(), show, || {
                word.load(ordering).wrapping_add(initial)
            }),
            Word::Shuttle(word) => {
                self.operate(action::load(ordering), Location::caller(), show, || word.load(ordering))
            }
        }
    }

    /// As `AtomicU64::fetch_add`.
    #[inline]
    #[track_caller]
    pub fn fetch_add(&self, amount: u64, ordering: Ordering) -> u64 {
        let show = |value: &u64| if self.pointer { Outcome::Done } else { Outcome::Value(value.to_string()) };
        let ordering = weaken::ordering(Operation::Rmw, ordering, Location::caller());
        match self.word() {
            Word::Plain(word) => word.fetch_add(amount, ordering),
            Word::Loom(word, initial) => {
                self.operate(Deed::new("fetch_add", Access::Update(ordering)), Location::caller(), show, || {
                    word.fetch_add(amount, ordering).wrapping_add(initial)
                })
            }
            Word::Shuttle(word) => {
                self.operate(Deed::new("fetch_add", Access::Update(ordering)), Location::caller(), show, || {
                    word.fetch_add(amount, ordering)
                })
            }
        }
    }

    /// Makes the change, and gives the old value.
    #[inline]
    #[track_caller]
    pub(crate) fn change(&self, change: Change, ordering: Ordering) -> u64 {
        let (deed, location) = (action_of(change, ordering), Location::caller());
        let show = |value: &u64| Outcome::Value(value.to_string());
        // The failure ordering cannot release; Acquire is stronger than a failure needs, and never seen: the loop goes on
        // until it succeeds.
        match self.word() {
            Word::Plain(word) => {
                let result = word.fetch_update(ordering, Ordering::Acquire, |old| Some(change.apply(old)));
                result.unwrap_or_else(|old| old)
            }
            Word::Loom(word, initial) => self.operate(deed, location, show, || {
                // What is right on loom's part of the value too, or where that is all of it, is one access.
                let old = match change {
                    Change::Add(amount) => word.fetch_add(amount, ordering),
                    Change::Swap(to) => word.swap(to.wrapping_sub(initial), ordering),
                    Change::Max(least) if initial == 0 => word.fetch_max(least, ordering),
                    Change::Min(most) if initial == 0 => word.fetch_min(most, ordering),
                    Change::And(mask) if initial == 0 => word.fetch_and(mask, ordering),
                    Change::Or(mask) if initial == 0 => word.fetch_or(mask, ordering),
                    Change::Xor(mask) if initial == 0 => word.fetch_xor(mask, ordering),
                    other => word
                        .fetch_update(ordering, Ordering::Acquire, |old| {
                            Some(other.apply(old.wrapping_add(initial)).wrapping_sub(initial))
                        })
                        .unwrap_or_else(|old| old),
                };
                old.wrapping_add(initial)
            }),
            Word::Shuttle(word) => self.operate(deed, location, show, || {
                word.fetch_update(ordering, Ordering::Acquire, |old| Some(change.apply(old))).unwrap_or_else(|old| old)
            }),
        }
    }

    /// As `AtomicU64::compare_exchange_weak`. In an exploration it does not fail spuriously.
    #[inline]
    #[track_caller]
    pub fn compare_exchange_weak(&self, old: u64, new: u64, success: Ordering, failure: Ordering) -> Result<u64, u64> {
        let show = |result: &Result<u64, u64>| match result {
            Ok(_) if self.pointer => Outcome::Value("Ok".to_owned()),
            Err(_) if self.pointer => Outcome::Value("Err".to_owned()),
            result => Outcome::Value(format!("{result:?}")),
        };
        let (success, failure) = weaken::exchange(success, failure, Location::caller());
        match self.word() {
            Word::Plain(word) => word.compare_exchange_weak(old, new, success, failure),
            Word::Loom(word, initial) => self.operate(
                Deed::new("compare_exchange", Access::Exchange { success, failure }),
                Location::caller(),
                show,
                || {
                    word.compare_exchange(old.wrapping_sub(initial), new.wrapping_sub(initial), success, failure)
                        .map(|value| value.wrapping_add(initial))
                        .map_err(|value| value.wrapping_add(initial))
                },
            ),
            Word::Shuttle(word) => self.operate(
                Deed::new("compare_exchange", Access::Exchange { success, failure }),
                Location::caller(),
                show,
                || word.compare_exchange(old, new, success, failure),
            ),
        }
    }

    /// As `AtomicU64::into_inner`. Where an execution owns the word, it must be under way.
    #[track_caller]
    pub fn into_inner(mut self) -> u64 {
        match self.engine.get_mut() {
            None => self.plain.into_inner(),
            Some(_) if !self.home.can_ask() => {
                world::refuse(format_args!("an atomic word was taken apart after the execution that it belongs to"))
            }
            Some(Engine::Loom(word)) => {
                let initial = self.initial;
                world::engine(|| word.with_mut(|value| *value)).wrapping_add(initial)
            }
            Some(Engine::Shuttle(word)) => *word.get_mut(),
        }
    }
}
