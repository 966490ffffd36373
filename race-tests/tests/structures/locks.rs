//! Spin locks with a queue: ticket, MCS (Mellor-Crummey and Scott, TOCS 1991), CLH (Craig, TR 93-02-02; Landin and
//! Hagersten, IPPS 1994). Each guards a counter that is a bare cell.

use crate::support::{fails, passes};
use raceproof::cell::UnsafeCell;
use raceproof::concurrent;
use raceproof::hint::spin_loop;
use raceproof::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use raceproof_test::{Kind, Subject, subject};

/// What the locks guard.
struct Guarded(UnsafeCell<u64>);

// SAFETY: touched only while one of the locks below is held.
unsafe impl Sync for Guarded {}

impl Guarded {
    fn new() -> Self {
        Self(UnsafeCell::new(0))
    }
    fn add(&self) -> u64 {
        self.0.with_mut(|value| {
            // SAFETY: the caller holds the lock.
            unsafe {
                *value += 1;
                *value
            }
        })
    }
}

/// What each of them must be: a counter.
#[derive(Clone, Default, Hash)]
struct Counter(u64);

impl Counter {
    fn add(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
    fn add_as(&mut self, _thread: usize) -> u64 {
        self.add()
    }
}

struct Ticket {
    next: AtomicU32,
    served: AtomicU32,
    value: Guarded,
    unlock: Ordering,
}

impl Ticket {
    fn with(unlock: Ordering) -> Self {
        Self { next: AtomicU32::new(0), served: AtomicU32::new(0), value: Guarded::new(), unlock }
    }
}

#[concurrent(spec = Counter, tests = off)]
impl Ticket {
    pub fn add(&self) -> u64 {
        // Relaxed: it takes a number, the other word is the lock.
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        // Acquire: pairs with the unlock of the ticket before.
        while self.served.load(Ordering::Acquire) != ticket {
            spin_loop();
        }
        let value = self.value.add();
        // `unlock` is Release in the correct lock.
        self.served.store(ticket.wrapping_add(1), self.unlock);
        value
    }
}

#[test]
fn ticket_lock() {
    passes(some_ticket(Ordering::Release));
}

#[test]
fn ticket_lock_that_unlocks_relaxed() {
    insta::assert_snapshot!(fails(some_ticket(Ordering::Relaxed), Kind::DataRace));
}

/// Threads that a scenario may have, the main thread's share included.
const THREADS: usize = 3;

/// Each thread waits at a flag of its own, which the one before it clears.
struct Mcs {
    /// The last in the queue, by its number from 1; 0 is nobody.
    tail: AtomicU32,
    next: [AtomicU32; THREADS],
    waits: [AtomicBool; THREADS],
    value: Guarded,
    /// Whether the last one leaves by compare-exchange; somebody may be about to queue up behind it.
    looks_back: bool,
}

impl Mcs {
    fn with(looks_back: bool) -> Self {
        Self {
            tail: AtomicU32::new(0),
            next: std::array::from_fn(|_| AtomicU32::new(0)),
            waits: std::array::from_fn(|_| AtomicBool::new(false)),
            value: Guarded::new(),
            looks_back,
        }
    }

    fn lock(&self, me: usize) {
        // Relaxed: published by the swap.
        self.next[me].store(0, Ordering::Relaxed);
        self.waits[me].store(true, Ordering::Relaxed);
        // AcqRel: publishes our node; and where nobody is before us, the last unlock is seen.
        let before = self.tail.swap(me as u32 + 1, Ordering::AcqRel);
        if before != 0 {
            // Release: our flag is up before we can be found.
            self.next[before as usize - 1].store(me as u32 + 1, Ordering::Release);
            // Acquire: pairs with the unlock of the one before us.
            while self.waits[me].load(Ordering::Acquire) {
                spin_loop();
            }
        }
    }

    fn unlock(&self, me: usize) {
        // Acquire: its flag is up.
        let mut after = self.next[me].load(Ordering::Acquire);
        if after == 0 {
            if !self.looks_back {
                // Release: hands on what we did. Whoever has swapped himself in behind us is forgotten.
                self.tail.store(0, Ordering::Release);
                return;
            }
            // Release: the same, if there is still nobody.
            if self.tail.compare_exchange(me as u32 + 1, 0, Ordering::Release, Ordering::Relaxed).is_ok() {
                return;
            }
            // Somebody has taken the tail, and is about to say where it is.
            while after == 0 {
                spin_loop();
                // Acquire: as above.
                after = self.next[me].load(Ordering::Acquire);
            }
        }
        // Release: hands on what we did.
        self.waits[after as usize - 1].store(false, Ordering::Release);
    }
}

#[concurrent(spec = Counter, threads = 3, tests = off)]
impl Mcs {
    pub fn add_as(&self, #[thread] me: usize) -> u64 {
        self.lock(me);
        let value = self.value.add();
        self.unlock(me);
        value
    }
}

#[test]
fn mcs_lock() {
    passes(some_mcs(true));
}

#[test]
fn mcs_lock_that_forgets_who_comes_last() {
    insta::assert_snapshot!(fails(some_mcs(false), Kind::StepBound));
}

/// Each thread waits at the flag of the one before it, and takes that node for its next turn.
struct Clh {
    tail: AtomicU32,
    busy: [AtomicBool; THREADS + 1],
    /// The node of each thread.
    mine: [AtomicU32; THREADS],
    value: Guarded,
    /// Whether the flag is up before the node can be found.
    flag_first: bool,
}

impl Clh {
    fn with(flag_first: bool) -> Self {
        Self {
            tail: AtomicU32::new(THREADS as u32),
            busy: std::array::from_fn(|_| AtomicBool::new(false)),
            mine: std::array::from_fn(|thread| AtomicU32::new(thread as u32)),
            value: Guarded::new(),
            flag_first,
        }
    }
}

#[concurrent(spec = Counter, threads = 3, tests = off)]
impl Clh {
    pub fn add_as(&self, #[thread] me: usize) -> u64 {
        // Relaxed: one thread's own.
        let node = self.mine[me].load(Ordering::Relaxed);
        if self.flag_first {
            // Relaxed: published by the swap.
            self.busy[node as usize].store(true, Ordering::Relaxed);
        }
        // AcqRel: publishes our flag, and the flag before us is seen up.
        let before = self.tail.swap(node, Ordering::AcqRel);
        if !self.flag_first {
            // Too late: whoever comes next may have looked already.
            self.busy[node as usize].store(true, Ordering::Relaxed);
        }
        // Acquire: pairs with the unlock below.
        while self.busy[before as usize].load(Ordering::Acquire) {
            spin_loop();
        }
        let value = self.value.add();
        // Release: hands on what we did.
        self.busy[node as usize].store(false, Ordering::Release);
        // Relaxed: one thread's own. (Our node may still be looked at; nobody looks at the one before us any more.)
        self.mine[me].store(before, Ordering::Relaxed);
        value
    }
}

#[test]
fn clh_lock() {
    passes(some_clh(true));
}

#[test]
fn clh_lock_that_raises_its_flag_late() {
    insta::assert_snapshot!(fails(some_clh(false), Kind::DataRace));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_ticket(unlock: Ordering) -> Subject {
    match unlock {
        Ordering::Release => subject!(Ticket = Ticket::with(Ordering::Release)),
        _ => subject!(Ticket = Ticket::with(Ordering::Relaxed)),
    }
}

pub(crate) fn some_mcs(looks_back: bool) -> Subject {
    if looks_back { subject!(Mcs = Mcs::with(true)) } else { subject!(Mcs = Mcs::with(false)) }
}

pub(crate) fn some_clh(flag_first: bool) -> Subject {
    if flag_first { subject!(Clh = Clh::with(true)) } else { subject!(Clh = Clh::with(false)) }
}
