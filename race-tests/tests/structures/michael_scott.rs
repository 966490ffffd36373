//! The queue of Michael and Scott (PODC 1996): a list with a dummy in front, head and tail swung by compare-exchange.
//!
//! Nodes come from an array and are not used again, so there is no ABA. The bug is in the memory order: the link that makes
//! a node reachable must publish what is in it.

use crate::support::{fails, passes};
use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use raceproof_test::{Kind, Subject, subject};
use std::collections::VecDeque;

/// No node yet; index 0 is the first dummy, so nothing links to it.
const NONE: u32 = 0;
const NODES: usize = 6;

struct Queue {
    head: AtomicU32,
    tail: AtomicU32,
    /// The first node that nobody has used.
    fresh: AtomicU32,
    next: [AtomicU32; NODES],
    item: [AtomicU8; NODES],
    link: Ordering,
}

impl Queue {
    fn with(link: Ordering) -> Self {
        Self {
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            fresh: AtomicU32::new(1),
            next: std::array::from_fn(|_| AtomicU32::new(NONE)),
            item: std::array::from_fn(|_| AtomicU8::new(0)),
            link,
        }
    }
}

/// First in, first out, for as many items as there are nodes.
#[derive(Clone, Default, Hash)]
struct Items {
    items: VecDeque<u8>,
    used: usize,
}

impl Items {
    fn push(&mut self, item: u8) -> bool {
        let room = self.used < NODES - 1;
        if room {
            self.used += 1;
            self.items.push_back(item);
        }
        room
    }
    fn pop(&mut self) -> Option<u8> {
        self.items.pop_front()
    }
}

#[concurrent(spec = Items, tests = off)]
impl Queue {
    // The last node may be taken by a `push` that has not linked it yet.
    #[spurious(false)]
    pub fn push(&self, item: u8) -> bool {
        // Relaxed: a number, which publishes nothing.
        let node = self.fresh.fetch_add(1, Ordering::Relaxed);
        if node as usize >= NODES {
            return false;
        }
        // Relaxed: published by the link.
        self.item[node as usize].store(item, Ordering::Relaxed);
        loop {
            // Acquire: the node that it names was linked before.
            let tail = self.tail.load(Ordering::Acquire);
            // `link` is Release in the correct queue: it publishes the item.
            match self.next[tail as usize].compare_exchange(NONE, node, self.link, Ordering::Acquire) {
                Ok(_) => {
                    // Release: whoever sees this tail sees that it is linked. Somebody may have helped: then it fails.
                    let _ = self.tail.compare_exchange(tail, node, Ordering::Release, Ordering::Relaxed);
                    return true;
                }
                Err(next) => {
                    // The tail lags: help. Release: as above.
                    let _ = self.tail.compare_exchange(tail, next, Ordering::Release, Ordering::Relaxed);
                }
            }
        }
    }

    pub fn pop(&self) -> Option<u8> {
        loop {
            // Acquire: the node that it names was linked before.
            let head = self.head.load(Ordering::Acquire);
            // Acquire: pairs with the link.
            let next = self.next[head as usize].load(Ordering::Acquire);
            if next == NONE {
                return None;
            }
            // Relaxed: the link published it, and nobody writes it again.
            let item = self.item[next as usize].load(Ordering::Relaxed);
            // AcqRel: hands on to the next `pop` what the link gave.
            if self.head.compare_exchange(head, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return Some(item);
            }
        }
    }
}

#[test]
fn queue_that_links_with_release() {
    passes(some_queue(Ordering::Release));
}

#[test]
fn queue_that_links_relaxed() {
    insta::assert_snapshot!(fails(some_queue(Ordering::Relaxed), Kind::NotLinearizable));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_queue(link: Ordering) -> Subject {
    match link {
        Ordering::Release => subject!(Queue = Queue::with(Ordering::Release)),
        _ => subject!(Queue = Queue::with(Ordering::Relaxed)),
    }
}
