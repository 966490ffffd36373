//! Treiber's stack (IBM RJ 5118, 1986): a list whose head is swung by compare-exchange.
//!
//! Nodes live in an array and are used again, so a head can be popped and pushed back while somebody is about to swing it
//! away from what it was: the ABA problem. The correct one counts the swings beside the index.

use crate::support::{fails, passes};
use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use raceproof_test::{Kind, Subject, subject};

/// No node.
const NONE: u32 = 0xff;
/// Nodes in all: more than any scenario of the tests pushes.
const NODES: usize = 4;

/// A stack of bytes, of at most [`NODES`].
struct Stack {
    /// The index of the top node in the low byte, and in the others how often it was swung.
    top: AtomicU32,
    /// The free nodes, in the same way.
    free: AtomicU32,
    next: [AtomicU32; NODES],
    item: [AtomicU8; NODES],
    /// Whether swings are counted.
    counts: bool,
}

impl Stack {
    fn with(counts: bool) -> Self {
        let after = |i: usize| if i + 1 < NODES { i as u32 + 1 } else { NONE };
        Self {
            top: AtomicU32::new(NONE),
            free: AtomicU32::new(0),
            next: std::array::from_fn(|i| AtomicU32::new(after(i))),
            item: std::array::from_fn(|_| AtomicU8::new(0)),
            counts,
        }
    }

    /// The word that says: this node, one swing later.
    fn swung(&self, word: u32, node: u32) -> u32 {
        if self.counts { (word & !0xff).wrapping_add(0x100) | node } else { node }
    }

    fn take(&self, list: &AtomicU32) -> Option<u32> {
        // Acquire: the node's contents were written before it was put on the list.
        let mut word = list.load(Ordering::Acquire);
        loop {
            let node = word & 0xff;
            if node == NONE {
                return None;
            }
            // Relaxed: if the node has been taken meanwhile, the exchange below fails.
            let next = self.next[node as usize].load(Ordering::Relaxed);
            // AcqRel: as above, and what was read of the node is read before it is somebody else's.
            match list.compare_exchange(word, self.swung(word, next), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(node),
                Err(now) => word = now,
            }
        }
    }

    fn put(&self, list: &AtomicU32, node: u32) {
        // Relaxed: the exchange says whether it is still so.
        let mut word = list.load(Ordering::Relaxed);
        loop {
            // Relaxed: published by the exchange.
            self.next[node as usize].store(word & 0xff, Ordering::Relaxed);
            // Release: publishes the node.
            match list.compare_exchange(word, self.swung(word, node), Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }
}

/// Last in, first out.
#[derive(Clone, Default, Hash)]
struct Items(Vec<u8>);

impl Items {
    fn push(&mut self, item: u8) -> bool {
        let room = self.0.len() < NODES;
        if room {
            self.0.push(item);
        }
        room
    }
    fn pop(&mut self) -> Option<u8> {
        self.0.pop()
    }
}

#[concurrent(spec = Items, tests = off)]
impl Stack {
    // A `pop` under way still has the node that it took.
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        let Some(node) = self.take(&self.free) else { return false };
        // Relaxed: published by `put`.
        self.item[node as usize].store(item, Ordering::Relaxed);
        self.put(&self.top, node);
        true
    }

    pub fn pop(&self) -> Option<u8> {
        let node = self.take(&self.top)?;
        // Relaxed: `take` acquired it.
        let item = self.item[node as usize].load(Ordering::Relaxed);
        self.put(&self.free, node);
        Some(item)
    }
}

#[test]
fn stack_that_counts_its_swings() {
    passes(some_stack(true));
}

#[test]
fn stack_with_aba() {
    insta::assert_snapshot!(fails(some_stack(false), Kind::NotLinearizable));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_stack(counts: bool) -> Subject {
    if counts { subject!(Stack = Stack::with(true)) } else { subject!(Stack = Stack::with(false)) }
}
