//! loom's atomics, with what loom forgets: who has loaded.
//!
//! loom 0.7.2 runs two dependent steps of two threads in both orders, and finds them by the last access of each object. A
//! load overwrites that note. So when a thread loads and then changes, its own load stands where another thread's earlier
//! load stood, and that one is never run after the change: `load` in one thread beside `load; store` in another is explored
//! in one execution, in which the first sees the old value (`race-tests/tests/conformance/loads.rs`).
//!
//! Here it is noticed when that may have happened, and then the exploration is made a second time, with companions: each
//! thread that loads an atomic has an object of loom's beside it, that only its own loads and the others' changes touch, by
//! read-modify-writes, which are always dependent. There its last load is found, whoever else has loaded since. Companions
//! are Relaxed and order nothing; they are born before any thread of the execution, so that none is taken for unpublished.
//! They multiply the executions, so explorations in which nothing can have been forgotten do without.

use super::world;
use crate::explore::engine::loom::MAX_THREADS;
use loom::sync::atomic as theirs;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Relaxed};

type Companion = Arc<theirs::AtomicU8>;

/// Companions that the first execution begins with: enough for most scenarios. Each costs every execution as much as some
/// steps do, so the next ones begin with as many as were wanted so far.
const POOL: usize = 12;

thread_local! {
    /// Whether the exploration on this OS thread has companions.
    static REMEMBERING: Cell<bool> = const { Cell::new(false) };
    /// Whether loom may have forgotten a load.
    static FORGOT: Cell<bool> = const { Cell::new(false) };
    /// What each thread has done that another may have seen, counted: all operations but loads.
    static DEEDS: [Cell<u32>; MAX_THREADS] = const { [const { Cell::new(0) }; MAX_THREADS] };
    /// Whose end each thread has waited for, a bit each, its own among them: what those have done, it has seen.
    static SEEN: [Cell<u8>; MAX_THREADS] = const { [const { Cell::new(0) }; MAX_THREADS] };
    static FREE: RefCell<Vec<Companion>> = const { RefCell::new(Vec::new()) };
    /// Where the pool is empty: one for all that a thread loads, or for all that all threads load. As sound, with more
    /// executions: all accesses of a companion depend on each other, so the last one is always the one to look at.
    static SHARED: RefCell<Vec<Companion>> = const { RefCell::new(Vec::new()) };
    /// How many companions the execution under way has wanted.
    static WANTED: Cell<usize> = const { Cell::new(0) };
    /// The most that one of this exploration has, once one is over.
    static MOST: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Whether the exploration has companions. A path says so too, since it has more steps then.
pub(in crate::explore) fn remembering() -> bool {
    REMEMBERING.get()
}

/// Begins an exploration, with companions or without.
pub(in crate::explore) fn prepare(remembering: bool) {
    REMEMBERING.set(remembering);
    FORGOT.set(false);
    WANTED.set(0);
    MOST.set(None);
}

/// Whether this exploration may have left out what loom forgot.
pub(in crate::explore) fn forgot() -> bool {
    FORGOT.get() && !REMEMBERING.get()
}

/// Makes the companions of the execution that begins.
pub(in crate::explore) fn fill_pool() {
    SEEN.with(|all| all.iter().for_each(|seen| seen.set(0)));
    if remembering() {
        let make = |count| (0..count).map(|_| Arc::new(theirs::AtomicU8::new(0))).collect();
        let wanted = WANTED.replace(0);
        let most = MOST.get().map(|most| most.max(wanted));
        MOST.set(Some(most.unwrap_or(0)));
        let size = most.map_or(POOL, |most| most.min(POOL));
        FREE.set(make(size));
        SHARED.set(make(if size < POOL { 1 } else { MAX_THREADS }));
    }
}

/// How much this thread has done that another may have seen.
fn deeds(thread: usize) -> u32 {
    DEEDS.with(|deeds| deeds.get(thread).map_or(0, Cell::get))
}

/// Whose loads this thread is behind, whatever they have done since.
fn seen(thread: usize) -> u8 {
    SEEN.with(|seen| seen.get(thread).map_or(0, Cell::get)) | 1 << thread
}

/// The thread that runs does something that others may see, and with it what it has waited for.
pub(in crate::explore) fn deed() {
    deed_of(world::me());
}

fn deed_of(thread: usize) {
    let seen = seen(thread);
    DEEDS.with(|deeds| {
        if seen == 1 << thread {
            // It has waited for nobody.
            return deeds.get(thread).into_iter().for_each(|deeds| deeds.set(deeds.get().wrapping_add(1)));
        }
        for (_, deeds) in deeds.iter().enumerate().filter(|(of, _)| seen & (1 << of) != 0) {
            deeds.set(deeds.get().wrapping_add(1));
        }
    });
}

/// The thread that runs has waited for the end of this one.
pub(in crate::explore) fn joined(thread: usize) {
    let theirs = seen(thread);
    SEEN.with(|all| {
        if let Some(ours) = all.get(world::me()) {
            ours.set(ours.get() | theirs);
        }
    });
}

/// Who has loaded one atomic.
#[derive(Default)]
struct Loads {
    /// The threads that have loaded since the last change, a bit each.
    since: Cell<u8>,
    /// Who did so last, and what he had done by then.
    last: Cell<(usize, u32)>,
    companions: [Cell<Option<Companion>>; MAX_THREADS],
}

// SAFETY: an atomic under loom is used on its execution's OS thread alone, which the facade asks before it comes here.
unsafe impl Sync for Loads {}

impl Loads {
    /// One access, of which `companions` says what the companions have to know first. loom may let others run before each
    /// step, but not after it: what is noted then is noted in the order in which things happened.
    fn access<R>(&self, companions: fn(&Self, usize), note: fn(&Self, usize), access: impl FnOnce() -> R) -> R {
        let me = world::me();
        if remembering() && world::accompanied() {
            companions(self, me);
        }
        let result = access();
        note(self, me);
        result
    }

    fn load<R>(&self, load: impl FnOnce() -> R) -> R {
        let own = |loads: &Self, me: usize| {
            let Some(place) = loads.companions.get(me) else { return };
            let companion = place.take().or_else(|| free_or_shared(me));
            place.set(companion.clone());
            touch(companion);
        };
        let note = |loads: &Self, me: usize| {
            // What a thread does while there is no other is in no race.
            if world::accompanied() {
                loads.since.set(loads.since.get() | 1 << me);
                loads.last.set((me, deeds(me)));
            }
        };
        self.access(own, note, load)
    }

    fn change<R>(&self, change: impl FnOnce() -> R) -> R {
        let others = |loads: &Self, me: usize| {
            for (_, place) in loads.companions.iter().enumerate().filter(|(of, _)| *of != me) {
                let companion = place.take();
                place.set(companion.clone());
                touch(companion);
            }
        };
        let note = |loads: &Self, me: usize| {
            deed_of(me);
            let (last, deeds_then) = loads.last.get();
            let others = loads.since.replace(0) & !(1 << me) & !(1 << last);
            // loom looks at the last load alone. If that can come before this change or after it, the execution in which
            // it comes after is run, and there another one is the last; a load whose thread has done nothing since can.
            let before = seen(me) & (1 << last) != 0 || deeds(last) != deeds_then;
            if others != 0 && before && world::accompanied() {
                FORGOT.set(true);
            }
        };
        self.access(others, note, change)
    }
}

fn touch(companion: Option<Companion>) {
    if let Some(companion) = companion {
        // Relaxed: it says that there was an access, and orders nothing.
        companion.fetch_add(1, Relaxed);
    }
}

fn free_or_shared(thread: usize) -> Option<Companion> {
    WANTED.set(WANTED.get() + 1);
    let shared = || SHARED.with_borrow(|shared| shared.get(thread).or(shared.first()).cloned());
    FREE.with_borrow_mut(Vec::pop).or_else(shared)
}

macro_rules! atomics {
    ($($name:ident $integer:ident)*) => { $(
        /// loom's, with companions.
        pub(crate) struct $name {
            atomic: theirs::$name,
            loads: Loads,
        }

        #[allow(missing_docs, reason = "as std's")]
        impl $name {
            pub(crate) fn new(value: $integer) -> Self {
                Self { atomic: theirs::$name::new(value), loads: Loads::default() }
            }
            pub(crate) fn load(&self, ordering: Ordering) -> $integer {
                self.loads.load(|| self.atomic.load(ordering))
            }
            pub(crate) fn store(&self, value: $integer, ordering: Ordering) {
                self.loads.change(|| self.atomic.store(value, ordering));
            }
            atomics!(@change $integer: swap fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min);
            pub(crate) fn compare_exchange(
                &self,
                old: $integer,
                new: $integer,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$integer, $integer> {
                self.loads.change(|| self.atomic.compare_exchange(old, new, success, failure))
            }
            /// As loom's, a load and then exchanges, each with what belongs to it.
            pub(crate) fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($integer) -> Option<$integer>,
            ) -> Result<$integer, $integer> {
                let mut seen = self.load(fetch);
                while let Some(new) = update(seen) {
                    match self.compare_exchange(seen, new, set, fetch) {
                        Ok(old) => return Ok(old),
                        Err(found) => seen = found,
                    }
                }
                Err(seen)
            }
            pub(crate) fn with_mut<R>(&mut self, change: impl FnOnce(&mut $integer) -> R) -> R {
                self.atomic.with_mut(change)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("<explored>")
            }
        }
    )* };
    (@change $integer:ident: $($method:ident)*) => { $(
        pub(crate) fn $method(&self, value: $integer, ordering: Ordering) -> $integer {
            self.loads.change(|| self.atomic.$method(value, ordering))
        }
    )* };
}

atomics! {
    AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
    AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
}
