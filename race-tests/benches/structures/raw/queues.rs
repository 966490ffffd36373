//! Michael and Scott's queue, and Vyukov's ring, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`michael_scott` and `vyukov`).

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU8, AtomicU32, Ordering};

const NONE: u32 = 0;

const NODES: usize = 6;

pub(super) struct Queue {
    head: AtomicU32,
    tail: AtomicU32,
    fresh: AtomicU32,
    next: [AtomicU32; NODES],
    item: [AtomicU8; NODES],
    link: Ordering,
}

impl Queue {
    pub(super) fn with(link: Ordering) -> Self {
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

impl Queue {
    pub(super) fn push(&self, item: u8) -> bool {
        let node = self.fresh.fetch_add(1, Ordering::Relaxed);
        if node as usize >= NODES {
            return false;
        }
        self.item[node as usize].store(item, Ordering::Relaxed);
        loop {
            let tail = self.tail.load(Ordering::Acquire);
            match self.next[tail as usize].compare_exchange(NONE, node, self.link, Ordering::Acquire) {
                Ok(_) => {
                    let _ = self.tail.compare_exchange(tail, node, Ordering::Release, Ordering::Relaxed);
                    return true;
                }
                Err(next) => {
                    let _ = self.tail.compare_exchange(tail, next, Ordering::Release, Ordering::Relaxed);
                }
            }
        }
    }

    pub(super) fn pop(&self) -> Option<u8> {
        loop {
            let head = self.head.load(Ordering::Acquire);
            let next = self.next[head as usize].load(Ordering::Acquire);
            if next == NONE {
                return None;
            }
            let item = self.item[next as usize].load(Ordering::Relaxed);
            if self.head.compare_exchange(head, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return Some(item);
            }
        }
    }
}

const ROOM: u32 = 2;

pub(super) struct Ring {
    turn: [AtomicU32; ROOM as usize],
    item: [UnsafeCell<u8>; ROOM as usize],
    pushed: AtomicU32,
    popped: AtomicU32,
    publish: Ordering,
}

// SAFETY: a cell is written by the one `push` that its turn names, and read by the one `pop`; the turn is handed over with
unsafe impl Sync for Ring {}

impl Ring {
    pub(super) fn with(publish: Ordering) -> Self {
        Self {
            turn: std::array::from_fn(|i| AtomicU32::new(i as u32)),
            item: std::array::from_fn(|_| UnsafeCell::new(0)),
            pushed: AtomicU32::new(0),
            popped: AtomicU32::new(0),
            publish,
        }
    }

    pub(super) fn try_push(&self, item: u8) -> bool {
        let mut place = self.pushed.load(Ordering::Relaxed);
        loop {
            let at = (place % ROOM) as usize;
            let turn = self.turn[at].load(Ordering::Acquire);
            if turn == place {
                match self.pushed.compare_exchange(place, place + 1, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => {
                        // SAFETY: this place is ours, and the cell's turn was this place's `push`.
                        self.item[at].with_mut(|cell| unsafe { *cell = item });
                        self.turn[at].store(place + 1, self.publish);
                        return true;
                    }
                    Err(now) => place = now,
                }
            } else if (turn.wrapping_sub(place) as i32) < 0 {
                return false;
            } else {
                place = self.pushed.load(Ordering::Relaxed);
            }
        }
    }

    pub(super) fn try_pop(&self) -> Option<u8> {
        let mut place = self.popped.load(Ordering::Relaxed);
        loop {
            let at = (place % ROOM) as usize;
            let turn = self.turn[at].load(Ordering::Acquire);
            if turn == place + 1 {
                match self.popped.compare_exchange(place, place + 1, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => {
                        // SAFETY: this place is ours, and the cell's turn was this place's `pop`.
                        let item = self.item[at].with(|cell| unsafe { *cell });
                        self.turn[at].store(place + ROOM, Ordering::Release);
                        return Some(item);
                    }
                    Err(now) => place = now,
                }
            } else if (turn.wrapping_sub(place + 1) as i32) < 0 {
                return None;
            } else {
                place = self.popped.load(Ordering::Relaxed);
            }
        }
    }
}

impl Ring {
    pub(super) fn push(&self, item: u8) -> bool {
        self.try_push(item)
    }
    pub(super) fn pop(&self) -> Option<u8> {
        self.try_pop()
    }
}
