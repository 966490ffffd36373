//! Where each shard's buckets are, kept apart from the shards: so that the processor can fetch the bucket's cache line while
//! it still waits for the lock's.
//!
//! A lock is taken by an instruction that lets no later load begin before it is done, and only under it does the table's
//! head say where the bucket is. So the two lines would come one after the other, and where another thread has just written
//! to them each takes as long as all the rest of the operation. These words change only when a table grows, so they lie in
//! every processor's cache. They are hints: nobody looks at what is at the address, and an old one costs a fetch for
//! nothing. An exploration does without.

#[cfg(not(feature = "explore"))]
use crate::strategy::shard_of;
#[cfg(not(feature = "explore"))]
use crate::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// A word for each shard: the address of its buckets, which are aligned to 64, and below it the logarithm of their number.
pub(super) struct Hints<const SHARDS: usize> {
    #[cfg(not(feature = "explore"))]
    words: OnceLock<Box<[AtomicUsize; SHARDS]>>,
}

/// One shard's word.
#[derive(Clone, Copy)]
pub(super) struct Hint<'a> {
    #[cfg(not(feature = "explore"))]
    word: &'a AtomicUsize,
    #[cfg(feature = "explore")]
    word: std::marker::PhantomData<&'a ()>,
}

/// What is going to be done with a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Reading,
    Writing,
}

#[cfg(not(feature = "explore"))]
impl<const SHARDS: usize> Hints<SHARDS> {
    pub(super) const fn new() -> Self {
        Self { words: OnceLock::new() }
    }

    /// The word of the shard in which a key is whose hash writes this: see [`Hashed`](super::hashed::Hashed).
    #[inline(always)]
    pub(super) fn of(&self, place: u64) -> Hint<'_> {
        let words = match self.words.get() {
            Some(words) => words,
            None => self.make(),
        };
        Hint { word: &words[shard_of(place, SHARDS)] }
    }

    #[cold]
    #[inline(never)]
    fn make(&self) -> &[AtomicUsize; SHARDS] {
        self.words.get_or_init(|| Box::new([const { AtomicUsize::new(0) }; SHARDS]))
    }
}

#[cfg(not(feature = "explore"))]
impl Hint<'_> {
    /// Has a bucket's line fetched; they are so many bytes apart.
    #[inline(always)]
    pub(super) fn fetch(self, hash: u64, stride: usize, purpose: For) {
        // Relaxed: a hint.
        let word = self.word.load(Relaxed);
        let bucket = hash as usize & !(usize::MAX << (word & 63));
        fetch((word & !63).wrapping_add(bucket.wrapping_mul(stride)), purpose);
    }

    /// Tells where the buckets are now.
    #[inline]
    pub(super) fn tell(self, (address, buckets): (usize, usize)) {
        let logarithm = buckets.checked_ilog2().map_or(0, |logarithm| logarithm as usize);
        // Relaxed: a hint.
        self.word.store(address & !63 | logarithm, Relaxed);
    }
}

#[cfg(feature = "explore")]
impl<const SHARDS: usize> Hints<SHARDS> {
    pub(super) const fn new() -> Self {
        Self {}
    }

    pub(super) fn of(&self, _: u64) -> Hint<'_> {
        Hint { word: std::marker::PhantomData }
    }
}

#[cfg(feature = "explore")]
impl Hint<'_> {
    pub(super) fn fetch(self, _: u64, _: usize, _: For) {
        let _ = self.word;
    }

    pub(super) fn tell(self, _: (usize, usize)) {}
}

#[cfg(all(not(feature = "explore"), not(miri), target_arch = "x86_64"))]
#[inline(always)]
fn fetch(address: usize, purpose: For) {
    match purpose {
        // SAFETY: a prefetch reads and writes nothing and does not fault, whatever the address.
        For::Reading => unsafe {
            std::arch::asm!("prefetcht0 [{}]", in(reg) address, options(nostack, preserves_flags, nomem));
        },
        // SAFETY: the same. A processor that does not know this one takes it for no operation.
        For::Writing => unsafe {
            std::arch::asm!("prefetchw [{}]", in(reg) address, options(nostack, preserves_flags, nomem));
        },
    }
}

#[cfg(all(not(feature = "explore"), not(miri), target_arch = "aarch64"))]
#[inline(always)]
fn fetch(address: usize, purpose: For) {
    match purpose {
        // SAFETY: a prefetch reads and writes nothing and does not fault, whatever the address.
        For::Reading => unsafe {
            std::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, nomem));
        },
        // SAFETY: the same.
        For::Writing => unsafe {
            std::arch::asm!("prfm pstl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, nomem));
        },
    }
}

#[cfg(all(not(feature = "explore"), any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64")))))]
#[inline(always)]
fn fetch(_: usize, _: For) {}
