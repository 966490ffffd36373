//! Memory is flat: what many operations took is given back when they are over, but for what is kept for the next.
//!
//! The heap is counted at its allocator, and the only test of this binary runs alone. What the system calls resident
//! also holds the stacks of other tests, and the symbols that a backtrace loads.

use raceproof::counter::{ActorCounter, AtomicCounter, Counter, MutexCounter, RwLockCounter, SerialCounter};
use raceproof::counter::{ShardedCounter, StripedCounter};
use raceproof::guarded;
use raceproof::map::{ActorMap, LeftRightMap, Map, MutexMap, RwLockMap, SerialMap, ShardedMap};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::thread;

struct Counting;

/// Bytes in use. Relaxed: it is read when the threads that changed it have been joined.
static IN_USE: AtomicI64 = AtomicI64::new(0);

// SAFETY: every call is the system's, with the arguments as they came; the other methods are made of these.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size() as i64, Relaxed);
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size() as i64, Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static HEAP: Counting = Counting;

const THREADS: u64 = 8;
const EACH: u64 = 5_000;
/// Entries that each thread puts into a map and takes out again: calls that are waited for, so fewer.
const ENTRIES: u64 = 1_000;

/// What may stay behind: what the standard library keeps a thread, and what an actor with a thread of its own keeps of
/// the memory of messages, half a megabyte a process. One leaked message a posted call is twice as much.
const SMALL: i64 = 32 << 10;
const MESSAGES: i64 = (512 << 10) + SMALL;

fn on_eight_threads(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(thread));
        }
    });
}

/// Works twice: what the first time left is room for the second, and the second may leave nothing more.
fn is_flat(name: &str, kept: i64, work: impl Fn()) {
    work();
    let before = IN_USE.load(Relaxed);
    work();
    let grown = IN_USE.load(Relaxed) - before;
    assert!(grown < kept, "{name} keeps {grown} bytes");
}

fn counts(name: &str, kept: i64, counter: &impl Counter) {
    is_flat(name, kept, || {
        on_eight_threads(|_| {
            for number in 1..=EACH {
                counter.increment();
                // A call that waits keeps a mailbox from growing without end.
                if number % 256 == 0 {
                    counter.get();
                }
            }
        });
        counter.get();
    });
    assert_eq!(counter.get(), 2 * THREADS * EACH);
}

fn maps(name: &str, map: &impl Map<u64, [u64; 4]>) {
    is_flat(name, SMALL, || {
        on_eight_threads(|thread| {
            for number in 0..ENTRIES {
                let key = thread * ENTRIES + number;
                map.insert(key, [key; 4]);
                map.insert(key, [number; 4]);
                assert_eq!(map.remove(&key), Some([number; 4]));
            }
        });
    });
    assert!(map.is_empty());
}

macro_rules! sums {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            sum: u64,
        }

        #[guarded]
        impl $name {
            #[commutes]
            pub fn add(&mut self, words: Vec<u64>) {
                self.sum += words.iter().sum::<u64>();
            }
            pub fn get(&self) -> u64 {
                self.sum
            }
        }

        impl $name {
            /// Messages that own heap of their own.
            fn posted() {
                let actor = Self::default();
                is_flat(stringify!($name), MESSAGES, || {
                    on_eight_threads(|_| {
                        for number in 1..=EACH {
                            actor.add(vec![1; 8]);
                            if number % 256 == 0 {
                                actor.get();
                            }
                        }
                    });
                    actor.get();
                });
                assert_eq!(actor.get(), 2 * 8 * THREADS * EACH);
            }
        }
    )+ };
}

sums! {
    OnThread, actor, owner = thread;
    OnThreadBounded, actor, mailbox = 16;
    OnThreadRings, actor, mailbox = rings;
    OnCaller, actor, owner = caller;
    OnCallerBounded, actor, owner = caller, mailbox = 2;
}

#[test]
fn memory_is_flat() {
    // All of it again, made and dropped: the objects themselves leave nothing either.
    is_flat("all of them together", MESSAGES, || {
        counts("MutexCounter", SMALL, &MutexCounter::new());
        counts("RwLockCounter", SMALL, &RwLockCounter::new());
        counts("AtomicCounter", SMALL, &AtomicCounter::new());
        counts("ShardedCounter", SMALL, &ShardedCounter::new());
        counts("StripedCounter", SMALL, &StripedCounter::new());
        counts("ActorCounter", MESSAGES, &ActorCounter::new());
        counts("SerialCounter", SMALL, &SerialCounter::new());
        maps("MutexMap", &MutexMap::new());
        maps("RwLockMap", &RwLockMap::new());
        maps("ShardedMap", &ShardedMap::new());
        maps("LeftRightMap", &LeftRightMap::new());
        maps("ActorMap", &ActorMap::new());
        maps("SerialMap", &SerialMap::new());
        OnThread::posted();
        OnThreadBounded::posted();
        OnThreadRings::posted();
        OnCaller::posted();
        OnCallerBounded::posted();
    });
}
