//! Dekker's lock for two threads (Dijkstra, EWD 123, 1965): each says that it wants in, and looks whether the other does.
//!
//! Store, then load of the other's word: it stands and falls with sequential consistency. What each engine says of the
//! three orderings is the test.

use crate::support::{fails, passes};
use raceproof::concurrent;
use raceproof::hint::spin_loop;
use raceproof::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use raceproof_test::{Explorer, Kind, Rung, Subject, Verdict, subject};

struct Dekker {
    wants: [AtomicU8; 2],
    turn: AtomicU32,
    /// What the lock guards: read and written in two steps.
    value: AtomicU32,
    /// Of the stores that want in, and of the looks at the other.
    orders: (Ordering, Ordering),
}

impl Dekker {
    fn with(orders: (Ordering, Ordering)) -> Self {
        let wants = std::array::from_fn(|_| AtomicU8::new(0));
        Self { wants, turn: AtomicU32::new(0), value: AtomicU32::new(0), orders }
    }

    fn lock(&self, me: usize) {
        let (store, load) = self.orders;
        // SeqCst where it is right: of the two who want in, one must see the other.
        self.wants[me].store(1, store);
        while self.wants[1 - me].load(load) != 0 {
            // Relaxed: whose turn it is decides who waits, and guards nothing.
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

    fn unlock(&self, me: usize) {
        // Relaxed: as above.
        self.turn.store(1 - me as u32, Ordering::Relaxed);
        // Release where it is right: what was done under the lock is over. (SeqCst is that too.)
        self.wants[me].store(0, if self.orders.0 == Ordering::Relaxed { Ordering::Relaxed } else { Ordering::Release });
    }
}

#[derive(Clone, Default, Hash)]
struct Counter(u32);

impl Counter {
    fn add(&mut self, _me: usize) -> u32 {
        self.0 += 1;
        self.0
    }
}

#[concurrent(spec = Counter, threads = 2, tests = off)]
impl Dekker {
    pub fn add(&self, #[thread] me: usize) -> u32 {
        self.lock(me);
        // Relaxed: the lock orders them.
        let value = self.value.load(Ordering::Relaxed) + 1;
        self.value.store(value, Ordering::Relaxed);
        self.unlock(me);
        value
    }
}

pub(crate) const RELAXED: (Ordering, Ordering) = (Ordering::Relaxed, Ordering::Relaxed);
pub(crate) const ACQ_REL: (Ordering, Ordering) = (Ordering::Release, Ordering::Acquire);
pub(crate) const SEQ_CST: (Ordering, Ordering) = (Ordering::SeqCst, Ordering::SeqCst);

#[test]
fn dekker_relaxed_and_acquire_release() {
    fails(some_dekker(RELAXED), Kind::NotLinearizable);
    insta::assert_snapshot!(fails(some_dekker(ACQ_REL), Kind::NotLinearizable));
}

// loom takes SeqCst loads and stores for AcqRel and sees both inside; no other engine does. So that is told, as
// inconclusive, and fails nothing.
#[test]
fn dekker_seq_cst_is_inconclusive_at_most() {
    passes(some_dekker(SEQ_CST));
    let report = Explorer::new(some_dekker(SEQ_CST)).rungs(&[Rung::Loom]).budget(0.0).run();
    let weak = report.rungs[0].weak.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(weak.contains("inconclusive"), "{report}\n{weak}");
    assert!(matches!(report.rungs[0].verdict, Verdict::Bounded(_)), "it must not be called exhausted: {report}");
}

// shuttle takes every ordering for SeqCst, and finds nothing to say against Relaxed: that is why there are two engines.
#[test]
fn dekker_relaxed_is_right_to_shuttle() {
    let report = Explorer::new(some_dekker(RELAXED)).rungs(&[Rung::Shuttle]).budget(0.0).run();
    assert!(report.ok(), "{report}");
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_dekker(orders: (Ordering, Ordering)) -> Subject {
    match orders {
        SEQ_CST => subject!(Dekker = Dekker::with(SEQ_CST)),
        ACQ_REL => subject!(Dekker = Dekker::with(ACQ_REL)),
        _ => subject!(Dekker = Dekker::with(RELAXED)),
    }
}
