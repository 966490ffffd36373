//! What a person would take instead, and the baselines.

use super::{ALONE, Hand, NAIVE, Tally, contender};
use crate::measure::{Contender, Kind};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub(super) fn all() -> Vec<Contender> {
    vec![
        contender::<Alone>(ALONE, Kind::Baseline),
        contender::<Naive>(NAIVE, Kind::Baseline),
        contender::<AtomicU64>("AtomicU64", Kind::Peer),
        contender::<fast_counter::ConcurrentCounter>("fast-counter", Kind::Peer),
        contender::<ThreadLocal>("thread_local", Kind::Peer),
        contender::<std::sync::Mutex<u64>>("std Mutex", Kind::Peer),
        contender::<std::sync::RwLock<u64>>("std RwLock", Kind::Peer),
        contender::<parking_lot::Mutex<u64>>("parking_lot Mutex", Kind::Peer),
        contender::<parking_lot::RwLock<u64>>("parking_lot RwLock", Kind::Peer),
    ]
}

macro_rules! tally {
    ($ty:ty, |$this:ident| $new:expr, $increment:expr, $get:expr) => {
        impl Tally for $ty {
            type Hand<'a> = &'a Self;
            fn new() -> Self {
                $new
            }
            fn hand(&self) -> &Self {
                self
            }
            fn total(self) -> u64 {
                Hand::get(&&self)
            }
        }
        impl Hand for &$ty {
            #[inline(always)]
            fn increment(&self) {
                let $this = *self;
                $increment
            }
            #[inline(always)]
            fn get(&self) -> u64 {
                let $this = *self;
                $get
            }
        }
    };
}

/// Two instructions that another thread may come between.
struct Naive(AtomicU64);

/// A slot a thread.
struct ThreadLocal(thread_local::ThreadLocal<AtomicU64>);

tally!(Naive, |this| Self(AtomicU64::new(0)), this.0.store(this.0.load(Relaxed) + 1, Relaxed), this.0.load(Relaxed));
tally!(
    AtomicU64,
    |this| AtomicU64::new(0),
    {
        this.fetch_add(1, Relaxed);
    },
    this.load(Relaxed)
);
tally!(
    fast_counter::ConcurrentCounter,
    |this| fast_counter::ConcurrentCounter::new(std::thread::available_parallelism().map_or(2, usize::from)),
    this.add(1),
    this.sum() as u64
);
tally!(
    ThreadLocal,
    |this| Self(thread_local::ThreadLocal::new()),
    {
        // Only the owner writes it: no read-modify-write is needed.
        let slot = this.0.get_or_default();
        slot.store(slot.load(Relaxed) + 1, Relaxed);
    },
    this.0.iter().map(|slot| slot.load(Relaxed)).sum()
);
tally!(std::sync::Mutex<u64>, |this| std::sync::Mutex::new(0), *this.lock().unwrap() += 1, *this.lock().unwrap());
tally!(std::sync::RwLock<u64>, |this| std::sync::RwLock::new(0), *this.write().unwrap() += 1, *this.read().unwrap());
tally!(parking_lot::Mutex<u64>, |this| parking_lot::Mutex::new(0), *this.lock() += 1, *this.lock());
tally!(parking_lot::RwLock<u64>, |this| parking_lot::RwLock::new(0), *this.write() += 1, *this.read());

/// No sharing at all: what the processor does if it is let.
struct Alone(Cell<u64>);

// SAFETY: a table has it in its column of one task only, so one thread at a time has the cell.
unsafe impl Sync for Alone {}

tally!(Alone, |this| Self(Cell::new(0)), this.0.set(this.0.get() + 1), this.0.get());
