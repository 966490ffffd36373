//! The readers' slots: one for each thread that has read, each in cache lines of its own.
//!
//! A thread has a number, the same for all objects, and gives it back when it ends. An object has slots for the numbers
//! of those that have used it, in chunks that double, so no slot ever moves.

use crate::sync::atomic::AtomicUsize;
use crate::sync::atomic::Ordering::{self, Relaxed};
use crate::sync::{Mutex, OnceLock, PoisonError};
use crate::{hint, thread};
use std::cell::Cell;
use std::time::Duration;

/// How often its thread has begun and ended a read: odd while it reads. 0: it never has.
// Two lines of 64 bytes: processors fetch them in pairs.
#[repr(align(128))]
pub(super) struct Slot {
    pub(super) count: AtomicUsize,
}

/// Slots of the first chunk; the next one has twice as many, and so on. Few in an exploration, where a write looks at
/// each of them step by step, and where three threads are enough to need a second chunk.
const FIRST: usize = if crate::EXPLORE { 2 } else { 8 };

/// The slots of one object.
pub(super) struct Slots {
    first: Chunk,
}

struct Chunk {
    slots: Box<[Slot]>,
    next: OnceLock<Box<Chunk>>,
}

impl Chunk {
    fn new(slots: usize) -> Self {
        let slots = (0..slots).map(|_| Slot { count: AtomicUsize::new(0) }).collect();
        Self { slots, next: OnceLock::new() }
    }
}

impl Slots {
    pub(super) fn new() -> Self {
        Self { first: Chunk::new(FIRST) }
    }

    /// This thread's slot; `None` for a thread that has given its number back.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn mine(&self) -> Option<&Slot> {
        let number = number()?;
        match self.first.slots.get(number) {
            Some(slot) => Some(slot),
            None => self.beyond_the_first(number),
        }
    }

    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn beyond_the_first(&self, mut number: usize) -> Option<&Slot> {
        let mut chunk = &self.first;
        while number >= chunk.slots.len() {
            number -= chunk.slots.len();
            // That a writer who does not find it has nothing to wait for is the barrier's doing: this comes before the
            // reader's, the look after the writer's.
            chunk = chunk.next.get_or_init(|| Box::new(Chunk::new(2 * chunk.slots.len())));
        }
        chunk.slots.get(number)
    }

    /// Waits until every reader that is under way has ended; those that begin meanwhile are not waited for. Returns the sum
    /// of all counts: what it has grown by is twice the reads since.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn wait_for_readers(&self, acquire: Ordering) -> usize {
        let mut sum = 0_usize;
        let mut chunk = Some(&self.first);
        while let Some(Chunk { slots, next }) = chunk {
            for slot in slots {
                let seen = slot.count.load(acquire);
                sum = sum.wrapping_add(seen);
                if !seen.is_multiple_of(2) {
                    wait_while(|| slot.count.load(acquire) == seen);
                }
            }
            chunk = next.get().map(|next| &**next);
        }
        sum
    }

    /// The sum of all counts.
    pub(super) fn sum(&self) -> usize {
        let mut sum = 0_usize;
        let mut chunk = Some(&self.first);
        while let Some(Chunk { slots, next }) = chunk {
            // Relaxed: a number.
            sum = slots.iter().fold(sum, |sum, slot| sum.wrapping_add(slot.count.load(Relaxed)));
            chunk = next.get().map(|next| &**next);
        }
        sum
    }
}

/// Waits for something that another thread does soon, and tells nobody: a read is short, unless its thread has lost its
/// processor.
#[cfg_attr(feature = "explore", track_caller)]
fn wait_while(waiting: impl Fn() -> bool) {
    let mut rounds = 0_u32;
    while waiting() {
        rounds = rounds.saturating_add(1);
        match rounds {
            0..64 => hint::spin_loop(),
            64..256 => thread::yield_now(),
            _ => thread::sleep(Duration::from_micros(50)),
        }
    }
}

/// This thread has no number yet.
const NONE: usize = usize::MAX;
/// This thread has given its number back: its thread-locals are being destroyed.
const GONE: usize = usize::MAX - 1;

thread::thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(NONE) };
    /// Gives the number back. Apart from it, because a thread-local with a destructor costs a test at every access.
    static RETURN: Return = const { Return };
}

struct Return;

impl Drop for Return {
    fn drop(&mut self) {
        let number = NUMBER.replace(GONE);
        if number < GONE {
            let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
            numbers.free.push(number);
        }
    }
}

/// The numbers that threads have.
struct Numbers {
    free: Vec<usize>,
    next: usize,
}

/// Who gets a number that another thread had has all that thread's reads behind him, by this lock.
static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers { free: Vec::new(), next: 0 });

/// This thread's number: small, and no other thread's while it runs.
#[inline]
fn number() -> Option<usize> {
    #[cfg(feature = "explore")]
    if crate::explore::world::current() != crate::explore::world::World::Std {
        return Some(crate::explore::world::me());
    }
    let number = NUMBER.get();
    if number < GONE { Some(number) } else { fresh() }
}

#[cold]
#[inline(never)]
fn fresh() -> Option<usize> {
    if NUMBER.get() == GONE || RETURN.try_with(|_| ()).is_err() {
        NUMBER.set(GONE);
        return None;
    }
    let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let number = numbers.free.pop().unwrap_or_else(|| {
        numbers.next += 1;
        numbers.next - 1
    });
    NUMBER.set(number);
    Some(number)
}
