//! The spin locks and Dekker's, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`locks` and `dekker`).

use loom::cell::UnsafeCell;
use loom::hint::spin_loop;
use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

pub(super) struct Guarded(UnsafeCell<u64>);

// SAFETY: touched only while one of the locks below is held.
unsafe impl Sync for Guarded {}

impl Guarded {
    pub(super) fn new() -> Self {
        Self(UnsafeCell::new(0))
    }
    pub(super) fn add(&self) -> u64 {
        self.0.with_mut(|value| {
            // SAFETY: the caller holds the lock.
            unsafe {
                *value += 1;
                *value
            }
        })
    }
}

pub(super) struct Ticket {
    next: AtomicU32,
    served: AtomicU32,
    value: Guarded,
    unlock: Ordering,
}

impl Ticket {
    pub(super) fn with(unlock: Ordering) -> Self {
        Self { next: AtomicU32::new(0), served: AtomicU32::new(0), value: Guarded::new(), unlock }
    }
}

impl Ticket {
    pub(super) fn add(&self) -> u64 {
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        while self.served.load(Ordering::Acquire) != ticket {
            spin_loop();
        }
        let value = self.value.add();
        self.served.store(ticket.wrapping_add(1), self.unlock);
        value
    }
}

const THREADS: usize = 3;

pub(super) struct Mcs {
    tail: AtomicU32,
    next: [AtomicU32; THREADS],
    waits: [AtomicBool; THREADS],
    value: Guarded,
    looks_back: bool,
}

impl Mcs {
    pub(super) fn with(looks_back: bool) -> Self {
        Self {
            tail: AtomicU32::new(0),
            next: std::array::from_fn(|_| AtomicU32::new(0)),
            waits: std::array::from_fn(|_| AtomicBool::new(false)),
            value: Guarded::new(),
            looks_back,
        }
    }

    pub(super) fn lock(&self, me: usize) {
        self.next[me].store(0, Ordering::Relaxed);
        self.waits[me].store(true, Ordering::Relaxed);
        let before = self.tail.swap(me as u32 + 1, Ordering::AcqRel);
        if before != 0 {
            self.next[before as usize - 1].store(me as u32 + 1, Ordering::Release);
            while self.waits[me].load(Ordering::Acquire) {
                spin_loop();
            }
        }
    }

    pub(super) fn unlock(&self, me: usize) {
        let mut after = self.next[me].load(Ordering::Acquire);
        if after == 0 {
            if !self.looks_back {
                self.tail.store(0, Ordering::Release);
                return;
            }
            if self.tail.compare_exchange(me as u32 + 1, 0, Ordering::Release, Ordering::Relaxed).is_ok() {
                return;
            }
            while after == 0 {
                spin_loop();
                after = self.next[me].load(Ordering::Acquire);
            }
        }
        self.waits[after as usize - 1].store(false, Ordering::Release);
    }
}

impl Mcs {
    pub(super) fn add_as(&self, me: usize) -> u64 {
        self.lock(me);
        let value = self.value.add();
        self.unlock(me);
        value
    }
}

pub(super) struct Clh {
    tail: AtomicU32,
    busy: [AtomicBool; THREADS + 1],
    mine: [AtomicU32; THREADS],
    value: Guarded,
    flag_first: bool,
}

impl Clh {
    pub(super) fn with(flag_first: bool) -> Self {
        Self {
            tail: AtomicU32::new(THREADS as u32),
            busy: std::array::from_fn(|_| AtomicBool::new(false)),
            mine: std::array::from_fn(|thread| AtomicU32::new(thread as u32)),
            value: Guarded::new(),
            flag_first,
        }
    }
}

impl Clh {
    pub(super) fn add_as(&self, me: usize) -> u64 {
        let node = self.mine[me].load(Ordering::Relaxed);
        if self.flag_first {
            self.busy[node as usize].store(true, Ordering::Relaxed);
        }
        let before = self.tail.swap(node, Ordering::AcqRel);
        if !self.flag_first {
            self.busy[node as usize].store(true, Ordering::Relaxed);
        }
        while self.busy[before as usize].load(Ordering::Acquire) {
            spin_loop();
        }
        let value = self.value.add();
        self.busy[node as usize].store(false, Ordering::Release);
        self.mine[me].store(before, Ordering::Relaxed);
        value
    }
}

pub(super) struct Dekker {
    wants: [AtomicU8; 2],
    turn: AtomicU32,
    value: AtomicU32,
    orders: (Ordering, Ordering),
}

impl Dekker {
    pub(super) fn with(orders: (Ordering, Ordering)) -> Self {
        let wants = std::array::from_fn(|_| AtomicU8::new(0));
        Self { wants, turn: AtomicU32::new(0), value: AtomicU32::new(0), orders }
    }

    pub(super) fn lock(&self, me: usize) {
        let (store, load) = self.orders;
        self.wants[me].store(1, store);
        while self.wants[1 - me].load(load) != 0 {
            if self.turn.load(Ordering::Relaxed) as usize != me {
                self.wants[me].store(0, Ordering::Relaxed);
                while self.turn.load(Ordering::Relaxed) as usize != me {
                    spin_loop();
                }
                self.wants[me].store(1, store);
            } else {
                spin_loop();
            }
        }
    }

    pub(super) fn unlock(&self, me: usize) {
        self.turn.store(1 - me as u32, Ordering::Relaxed);
        self.wants[me].store(0, if self.orders.0 == Ordering::Relaxed { Ordering::Relaxed } else { Ordering::Release });
    }
}

impl Dekker {
    pub(super) fn add(&self, me: usize) -> u32 {
        self.lock(me);
        let value = self.value.load(Ordering::Relaxed) + 1;
        self.value.store(value, Ordering::Relaxed);
        self.unlock(me);
        value
    }
}

const RELAXED: (Ordering, Ordering) = (Ordering::Relaxed, Ordering::Relaxed);

const ACQ_REL: (Ordering, Ordering) = (Ordering::Release, Ordering::Acquire);

const SEQ_CST: (Ordering, Ordering) = (Ordering::SeqCst, Ordering::SeqCst);
