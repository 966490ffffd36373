//! A thread's block: one stripe for each counter, by the counter's number.
//!
//! Nothing of another thread's lies in the block's cache lines, so the owner's loads and stores stay in its own cache until
//! somebody reads. The first stripes stand in the block; further ones in chunks, each twice as long as all before it,
//! which the owner adds when it needs them and which are never moved.

use super::super::mutation::{Mutation, broken};
use crate::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use crate::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};
use std::ptr::{self, NonNull};

/// Stripes that stand in the block itself. In an exploration each costs the engine an object, and few counters do.
pub(super) const FIRST: usize = if cfg!(feature = "explore") { 2 } else { 60 };

/// One thread's part of one counter. Only the owner of the block writes it, while the counter lives.
#[repr(transparent)]
pub(super) struct Stripe(AtomicU64);

/// Above this a stripe takes nothing but ones: then they alone would need a human life to overflow it, and need not look.
const FULL: u64 = 1 << 63;

/// The ordering that is meant, unless this execution is to do without.
#[inline(always)]
fn ordered(meant: Ordering) -> Ordering {
    if broken(Mutation::OrderingsRelaxed) { Relaxed } else { meant }
}

impl Stripe {
    fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds 1.
    ///
    /// It does not look whether that fits. A stripe below [`FULL`] is 2^63 ones away from its top: at one in a quarter of a
    /// nanosecond, 73 years.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn increment(&self) {
        // Relaxed: nobody else writes it, and what a thread itself wrote it sees. Release: who reads the new value sees what
        // its writer did before.
        self.0.store(self.0.load(Relaxed).wrapping_add(1), ordered(Release));
    }

    /// Adds an amount, if the stripe stays below [`FULL`].
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn try_add(&self, amount: u64) -> bool {
        // Relaxed and Release: as in `increment`.
        match self.0.load(Relaxed).checked_add(amount) {
            Some(new) if new < FULL => {
                self.0.store(new, ordered(Release));
                true
            }
            _ => false,
        }
    }

    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn get(&self) -> u64 {
        // Acquire: the other half.
        self.0.load(ordered(Acquire))
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn empty(&self) {
        // Relaxed: the number's next counter is handed out under a lock that is taken after this.
        self.0.store(0, Relaxed);
    }
}

/// The block of one thread at a time. Aligned to two cache lines, since processors fetch them in pairs.
#[repr(align(128))]
pub(super) struct Block {
    first: [Stripe; FIRST],
    more: AtomicPtr<Chunk>,
    /// Whether a thread has it.
    taken: AtomicBool,
    /// The block that was there before it; set before the block is shown, and not after.
    pub(super) next: *mut Block,
    /// The chunks again, for the destructor: it may run where the atomics cannot be asked any more. Only the owner grows
    /// a block. What ships never drops one.
    #[cfg(feature = "explore")]
    chunks: std::cell::RefCell<Vec<*mut Chunk>>,
}

/// Further stripes.
struct Chunk {
    stripes: Box<[Stripe]>,
    more: AtomicPtr<Chunk>,
}

impl Block {
    /// A block that the calling thread has.
    pub(super) fn new() -> Box<Self> {
        Box::new(Self {
            first: std::array::from_fn(|_| Stripe::new()),
            more: AtomicPtr::new(ptr::null_mut()),
            taken: AtomicBool::new(true),
            next: ptr::null_mut(),
            #[cfg(feature = "explore")]
            chunks: Default::default(),
        })
    }

    /// Whether the block was free, and is the calling thread's now.
    pub(super) fn take(&self) -> bool {
        // Relaxed, to look; Acquire, to have: the stripes as the last owner left them. Relaxed where another was faster.
        !self.taken.load(Relaxed) && self.taken.compare_exchange(false, true, Acquire, Relaxed).is_ok()
    }

    /// Gives the block to whoever wants one; what it counted stays in it, and counts on.
    pub(super) fn give_back(&self) {
        // Release: the next owner goes on from these stripes.
        self.taken.store(false, Release);
    }

    /// The first of the first stripes.
    pub(super) fn near(&self) -> NonNull<Stripe> {
        NonNull::from(&self.first).cast()
    }

    /// The stripe, if the block has been so far.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn stripe(&self, number: u64) -> Option<&Stripe> {
        self.find(number, |_, _| false)
    }

    /// The stripe. Only the block's owner may ask so.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn stripe_or_grow(&self, number: u64) -> &Stripe {
        let grow = |more: &AtomicPtr<Chunk>, length: usize| {
            let stripes = (0..length).map(|_| Stripe::new()).collect();
            let chunk = Box::into_raw(Box::new(Chunk { stripes, more: AtomicPtr::new(ptr::null_mut()) }));
            #[cfg(feature = "explore")]
            self.chunks.borrow_mut().push(chunk);
            // Release: who finds the chunk finds it built.
            more.store(chunk, Release);
            true
        };
        self.find(number, grow).expect("the block has grown")
    }

    /// Walks to the stripe. Where a chunk is missing, `grow` may put one of that length there.
    #[cfg_attr(feature = "explore", track_caller)]
    fn find(&self, number: u64, grow: impl Fn(&AtomicPtr<Chunk>, usize) -> bool) -> Option<&Stripe> {
        let mut at = usize::try_from(number).ok()?;
        let (mut stripes, mut more) = (&self.first[..], &self.more);
        let mut length = FIRST;
        while at >= stripes.len() {
            at -= stripes.len();
            // Acquire: the chunk as it was built.
            let mut chunk = more.load(Acquire);
            if chunk.is_null() {
                if !grow(more, length) {
                    return None;
                }
                chunk = more.load(Acquire);
            }
            // SAFETY: `grow` has made it from a box, and chunks live as long as their block.
            let chunk = unsafe { &*chunk };
            (stripes, more) = (&chunk.stripes, &chunk.more);
            length *= 2;
        }
        stripes.get(at)
    }

    /// Empties a counter's stripe. Only who has the counter for himself may.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn empty(&self, number: u64) {
        if let Some(stripe) = self.stripe(number) {
            stripe.empty();
        }
    }
}

#[cfg(feature = "explore")]
impl Drop for Block {
    fn drop(&mut self) {
        for chunk in self.chunks.get_mut().drain(..) {
            // SAFETY: `grow` has made it from a box, and the block, which nobody else has any more, was its only owner.
            drop(unsafe { Box::from_raw(chunk) });
        }
    }
}
