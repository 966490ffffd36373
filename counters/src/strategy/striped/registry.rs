//! All threads' blocks, and the numbers of the counters.
//!
//! Blocks are only ever added to the list, and when a thread ends its block goes to the next that starts: nothing has to be
//! folded, nothing is counted twice, and there are never more blocks than there were threads at once. Numbers come back
//! when their counter is dropped.

use super::block::{Block, FIRST, Stripe};
use crate::strategy::mutation::{Mutation, broken};
use crate::strategy::pointer::Pointer;
use crate::sync::Mutex;
use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::thread::thread_local;
use std::cell::Cell;
use std::ptr::{self, NonNull};

/// The blocks and the numbers.
pub(super) struct Registry {
    /// The block that was added last.
    blocks: Pointer<Block>,
    numbers: Mutex<Numbers>,
    /// The blocks again, for the destructor: it may run where the atomics cannot be asked any more. What ships has one
    /// registry, for good.
    #[cfg(feature = "explore")]
    all: crate::explore::native::Mutex<Vec<*mut Block>>,
}

struct Numbers {
    next: u64,
    free: Vec<u64>,
}

// SAFETY: `blocks` leads to blocks made by any thread and shared by all; each of their fields is an atomic but `next`,
// which is written before the block is shown.
unsafe impl Send for Registry {}
// SAFETY: the same.
unsafe impl Sync for Registry {}

impl Registry {
    #[cfg(not(feature = "explore"))]
    const fn new() -> Self {
        Self { blocks: Pointer::new(), numbers: Mutex::new(Numbers { next: 0, free: Vec::new() }) }
    }

    #[cfg(feature = "explore")]
    fn new() -> Self {
        Self {
            blocks: Pointer::new(),
            numbers: Mutex::new(Numbers { next: 0, free: Vec::new() }),
            all: Default::default(),
        }
    }

    /// A number whose stripes are empty in every block.
    pub(super) fn take(&self) -> u64 {
        let mut numbers = self.numbers.lock().unwrap_or_else(|e| e.into_inner());
        numbers.free.pop().unwrap_or_else(|| {
            numbers.next += 1;
            numbers.next - 1
        })
    }

    /// Empties the stripes of a counter that nobody has any more, and takes its number back.
    ///
    /// The emptying comes before the lock, and the lock before the next counter shows the number (Release), so whoever
    /// sees it there (Acquire) finds its own stripe empty.
    pub(super) fn free(&self, number: u64) {
        self.for_each(|block| block.empty(number));
        let mut numbers = self.numbers.lock().unwrap_or_else(|e| e.into_inner());
        numbers.free.push(number);
    }

    /// The sum of a counter's stripes and `start`; at the top it stays.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn sum(&self, number: u64, start: u64) -> u64 {
        let mut sum = start;
        let mut skip = broken(Mutation::StripeNotSummed);
        self.for_each(|block| {
            if !std::mem::take(&mut skip) {
                sum = sum.saturating_add(block.stripe(number).map_or(0, Stripe::get));
            }
        });
        sum
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn for_each(&self, mut visit: impl FnMut(&Block)) {
        // Acquire: the blocks as they were built.
        let mut at = self.blocks.load(Acquire);
        while !at.is_null() {
            // SAFETY: `block` has put it there, from a box, and nothing takes it away while the registry lives.
            let block = unsafe { &*at };
            visit(block);
            at = block.next;
        }
    }

    /// A block for the calling thread alone.
    #[cfg_attr(feature = "explore", track_caller)]
    fn block(&self) -> *const Block {
        let mut free: *const Block = ptr::null();
        self.for_each(|block| {
            if free.is_null() && block.take() {
                free = block;
            }
        });
        if !free.is_null() {
            return free;
        }
        let block = Box::into_raw(Block::new());
        #[cfg(feature = "explore")]
        self.all.lock().unwrap_or_else(|e| e.into_inner()).push(block);
        let mut last = self.blocks.load(Relaxed);
        loop {
            // SAFETY: nobody else knows it yet.
            unsafe { (*block).next = last };
            // Release: shown as it was built, `next` included. Relaxed where another was faster: nothing was read of it.
            match self.blocks.exchange(last, block, Release, Relaxed) {
                Ok(()) => return block,
                Err(found) => last = found,
            }
        }
    }
}

#[cfg(feature = "explore")]
impl Drop for Registry {
    fn drop(&mut self) {
        for block in self.all.get_mut().unwrap_or_else(|e| e.into_inner()).drain(..) {
            // SAFETY: made from a box by `block`; the registry is going, and with it all that could name it.
            drop(unsafe { Box::from_raw(block) });
        }
    }
}

/// The registry: one for the process.
#[cfg(not(feature = "explore"))]
#[inline]
pub(super) fn registry() -> &'static Registry {
    static REGISTRY: Registry = Registry::new();
    &REGISTRY
}

/// The registry of the world that we are in: an execution has one of its own, so that nothing outlives it.
#[cfg(feature = "explore")]
pub(super) fn registry<'a>() -> &'a Registry {
    use crate::explore::native::OnceLock;
    use crate::explore::world::{self, World};
    static OUTSIDE: OnceLock<Registry> = OnceLock::new();
    /// A number that no guarded static has: theirs count from 1.
    const KEY: u64 = u64::MAX;
    match world::current() {
        World::Std => OUTSIDE.get_or_init(Registry::new),
        // SAFETY: the key is this one type's. No reference outlives the call that asked for it, but for a thread's own
        // block, which the thread gives back when it ends, before the execution does.
        World::Sequential | World::Loom | World::Shuttle => unsafe { world::own_of(KEY, Registry::new) },
    }
}

thread_local! {
    /// The calling thread's first stripes. Without a destructor, so that asking for them is a load.
    static NEAR: Near = const { Near { stripes: Cell::new(NonNull::dangling()), count: Cell::new(0) } };
    /// The calling thread's block, which it gives back when it ends.
    static KEEPER: Keeper = const { Keeper(Cell::new(ptr::null())) };
}

/// The stripes that stand in the thread's block itself; none while it has no block, so that the fast path asks once.
struct Near {
    /// Never null, so that "there is one" is not asked twice.
    stripes: Cell<NonNull<Stripe>>,
    count: Cell<u64>,
}

struct Keeper(Cell<*const Block>);

impl Drop for Keeper {
    fn drop(&mut self) {
        NEAR.with(|near| near.count.set(0));
        // SAFETY: `with_own_block` has put it here, and blocks live as long as their registry: for good, or until all
        // threads of the execution have ended.
        if let Some(block) = unsafe { self.0.get().as_ref() } {
            block.give_back();
        }
    }
}

/// The calling thread's stripe, if the thread has a block and the number is one of the first.
#[inline(always)]
pub(super) fn near<'a>(number: u64) -> Option<&'a Stripe> {
    // A specification has no threads, and so no thread's own: it goes the long way.
    #[cfg(feature = "explore")]
    if crate::explore::world::current() == crate::explore::world::World::Sequential {
        return None;
    }
    NEAR.with(|near| {
        // SAFETY: where the count is not 0 the stripes are those of the thread's block, so many; the block lives as in
        // `Keeper`, and the reference is used by the call that asks for it.
        (number < near.count.get()).then(|| unsafe { near.stripes.get().add(number as usize).as_ref() })
    })
}

/// Runs `body` with the calling thread's block. A thread without one takes one, for good or, where it is about to end or
/// there are no threads at all, for this time.
#[cfg_attr(feature = "explore", track_caller)]
pub(super) fn with_own_block<R>(body: impl FnOnce(&Block) -> R) -> R {
    #[cfg(feature = "explore")]
    let threads = crate::explore::world::current() != crate::explore::world::World::Sequential;
    #[cfg(not(feature = "explore"))]
    let threads = true;
    let kept = if threads {
        KEEPER.try_with(|keeper| {
            if keeper.0.get().is_null() {
                let block = registry().block();
                keeper.0.set(block);
                NEAR.with(|near| {
                    // SAFETY: as in `Keeper`.
                    near.stripes.set(unsafe { &*block }.near());
                    near.count.set(FIRST as u64);
                });
            }
            keeper.0.get()
        })
    } else {
        Ok(ptr::null())
    };
    match kept {
        // SAFETY: as in `Keeper`.
        Ok(block) if !block.is_null() => body(unsafe { &*block }),
        _ => {
            // SAFETY: blocks live as long as their registry, and this one is ours until we give it back.
            let block = unsafe { &*registry().block() };
            let result = body(block);
            block.give_back();
            result
        }
    }
}
