//! The structures that publish, over loom's own types: the code of `tests/structures`, where each ordering has its reason (`publishing`).

use loom::cell::UnsafeCell;
use loom::hint::spin_loop;
use loom::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};

pub(super) struct Rcu {
    current: AtomicU32,
    readers: [AtomicU32; 2],
    copies: [UnsafeCell<u8>; 2],
    waits_for_readers: bool,
}

// SAFETY: a copy is written only while it is not the current one and no reader is in it.
unsafe impl Sync for Rcu {}

impl Rcu {
    pub(super) fn with(waits_for_readers: bool) -> Self {
        Self {
            current: AtomicU32::new(0),
            readers: std::array::from_fn(|_| AtomicU32::new(0)),
            copies: std::array::from_fn(|_| UnsafeCell::new(0)),
            waits_for_readers,
        }
    }
}

impl Rcu {
    pub(super) fn read(&self) -> u8 {
        loop {
            let at = self.current.load(Ordering::Acquire) as usize;
            self.readers[at].fetch_add(1, Ordering::AcqRel);
            let still = self.current.fetch_add(0, Ordering::AcqRel) as usize == at;
            // SAFETY: it is the current copy, and we are counted in it.
            let value = still.then(|| self.copies[at].with(|value| unsafe { *value }));
            self.readers[at].fetch_sub(1, Ordering::Release);
            if let Some(value) = value {
                return value;
            }
        }
    }
    pub(super) fn write(&self, value: u8) {
        let next = 1 - self.current.load(Ordering::Relaxed);
        while self.waits_for_readers && self.readers[next as usize].fetch_add(0, Ordering::AcqRel) != 0 {
            spin_loop();
        }
        // SAFETY: it is not the current copy, and nobody who looks now stays in it.
        self.copies[next as usize].with_mut(|copy| unsafe { *copy = value });
        self.current.swap(next, Ordering::AcqRel);
    }
}

pub(super) struct Counted {
    count: AtomicU32,
    owned: AtomicU32,
    value: UnsafeCell<Option<u8>>,
    release: Ordering,
}

// SAFETY: the value is read while its reader is counted, and taken away by whoever counts down to nothing.
unsafe impl Sync for Counted {}

impl Counted {
    pub(super) fn with(release: Ordering) -> Self {
        Self { count: AtomicU32::new(1), owned: AtomicU32::new(1), value: UnsafeCell::new(Some(7)), release }
    }

    pub(super) fn let_go(&self) {
        if self.count.fetch_sub(1, self.release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: nobody is counted, and from nothing nobody counts up.
            self.value.with_mut(|value| unsafe { *value = None });
        }
    }
}

impl Counted {
    pub(super) fn drop_owner(&self) -> bool {
        let first = self.owned.swap(0, Ordering::Relaxed) == 1;
        if first {
            self.let_go();
        }
        first
    }

    pub(super) fn look(&self) -> Option<u8> {
        let mut count = self.count.load(Ordering::Relaxed);
        while count != 0 {
            match self.count.compare_exchange(count, count + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => {
                    // SAFETY: we are counted.
                    let value = self.value.with(|value| unsafe { *value });
                    self.let_go();
                    return value;
                }
                Err(now) => count = now,
            }
        }
        None
    }
}

pub(super) struct Seqlock {
    number: AtomicU32,
    words: [AtomicU8; 2],
    fences: bool,
}

impl Seqlock {
    pub(super) fn with(fences: bool) -> Self {
        Self { number: AtomicU32::new(0), words: std::array::from_fn(|_| AtomicU8::new(0)), fences }
    }
}

impl Seqlock {
    pub(super) fn read(&self) -> (u8, u8) {
        loop {
            let before = self.number.load(Ordering::Acquire);
            let pair = (self.words[0].load(Ordering::Relaxed), self.words[1].load(Ordering::Relaxed));
            if self.fences {
                fence(Ordering::Acquire);
            }
            if before.is_multiple_of(2) && self.number.load(Ordering::Relaxed) == before {
                return pair;
            }
            spin_loop();
        }
    }
    pub(super) fn write(&self, value: u8) {
        let number = self.number.load(Ordering::Relaxed);
        self.number.store(number + 1, Ordering::Relaxed);
        if self.fences {
            fence(Ordering::Release);
        }
        self.words[0].store(value, Ordering::Relaxed);
        self.words[1].store(value, Ordering::Relaxed);
        self.number.store(number + 2, Ordering::Release);
    }
}

pub(super) struct Bucket {
    tokens: AtomicU32,
    at_once: bool,
}

impl Bucket {
    pub(super) fn with(at_once: bool) -> Self {
        Self { tokens: AtomicU32::new(2), at_once }
    }
}

impl Bucket {
    pub(super) fn take(&self, count: u32) -> bool {
        let mut tokens = self.tokens.load(Ordering::Relaxed);
        while let Some(left) = tokens.checked_sub(count) {
            if !self.at_once {
                self.tokens.store(left, Ordering::Relaxed);
                return true;
            }
            match self.tokens.compare_exchange(tokens, left, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => tokens = now,
            }
        }
        false
    }

    pub(super) fn refill(&self) {
        self.tokens.store(2, Ordering::Relaxed);
    }

    pub(super) fn left(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }
}

pub(super) struct Exchanger {
    slot: AtomicU32,
    looks_back: bool,
}

const EMPTY: u32 = 0;

const OFFER: u32 = 0x100;

const ANSWER: u32 = 0x200;

const LOOKS: usize = 1;

impl Exchanger {
    pub(super) fn with(looks_back: bool) -> Self {
        Self { slot: AtomicU32::new(EMPTY), looks_back }
    }
}

impl Exchanger {
    pub(super) fn exchange(&self, given: u8) -> Option<u8> {
        let given = u32::from(given);
        match self.slot.compare_exchange(EMPTY, OFFER | given, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                for _ in 0..LOOKS {
                    let seen = self.slot.load(Ordering::Acquire);
                    if seen & ANSWER != 0 {
                        self.slot.store(EMPTY, Ordering::Release);
                        return Some(seen as u8);
                    }
                    spin_loop();
                }
                if !self.looks_back {
                    self.slot.store(EMPTY, Ordering::Release);
                    return None;
                }
                match self.slot.compare_exchange(OFFER | given, EMPTY, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => None,
                    Err(answer) => {
                        self.slot.store(EMPTY, Ordering::Release);
                        Some(answer as u8)
                    }
                }
            }
            Err(offer) if offer & OFFER != 0 => {
                let answered = self.slot.compare_exchange(offer, ANSWER | given, Ordering::AcqRel, Ordering::Acquire);
                answered.is_ok().then_some(offer as u8)
            }
            Err(_) => None,
        }
    }

    pub(super) fn settled(&self) -> bool {
        true
    }
}
