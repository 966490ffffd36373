//! Treiber's stack, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`treiber`).

use loom::sync::atomic::{AtomicU8, AtomicU32, Ordering};

const NONE: u32 = 0xff;

const NODES: usize = 4;

pub(super) struct Stack {
    top: AtomicU32,
    free: AtomicU32,
    next: [AtomicU32; NODES],
    item: [AtomicU8; NODES],
    counts: bool,
}

impl Stack {
    pub(super) fn with(counts: bool) -> Self {
        let after = |i: usize| if i + 1 < NODES { i as u32 + 1 } else { NONE };
        Self {
            top: AtomicU32::new(NONE),
            free: AtomicU32::new(0),
            next: std::array::from_fn(|i| AtomicU32::new(after(i))),
            item: std::array::from_fn(|_| AtomicU8::new(0)),
            counts,
        }
    }

    pub(super) fn swung(&self, word: u32, node: u32) -> u32 {
        if self.counts { (word & !0xff).wrapping_add(0x100) | node } else { node }
    }

    pub(super) fn take(&self, list: &AtomicU32) -> Option<u32> {
        let mut word = list.load(Ordering::Acquire);
        loop {
            let node = word & 0xff;
            if node == NONE {
                return None;
            }
            let next = self.next[node as usize].load(Ordering::Relaxed);
            match list.compare_exchange(word, self.swung(word, next), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(node),
                Err(now) => word = now,
            }
        }
    }

    pub(super) fn put(&self, list: &AtomicU32, node: u32) {
        let mut word = list.load(Ordering::Relaxed);
        loop {
            self.next[node as usize].store(word & 0xff, Ordering::Relaxed);
            match list.compare_exchange(word, self.swung(word, node), Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }
}

impl Stack {
    pub(super) fn push(&self, item: u8) -> bool {
        let Some(node) = self.take(&self.free) else { return false };
        self.item[node as usize].store(item, Ordering::Relaxed);
        self.put(&self.top, node);
        true
    }

    pub(super) fn pop(&self) -> Option<u8> {
        let node = self.take(&self.top)?;
        let item = self.item[node as usize].load(Ordering::Relaxed);
        self.put(&self.free, node);
        Some(item)
    }
}
