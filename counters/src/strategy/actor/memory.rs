//! Memory for messages that nobody waits for.
//!
//! A sender takes it from a chunk of its own thread, by moving an index; the owner gives it back by counting down, once for
//! each run of messages from one chunk, and whoever counts a chunk down to nothing frees it. So a message costs neither an
//! allocation nor an atomic operation of its own, and no two senders write to one cache line. Half a megabyte of chunks is
//! kept for the next.
//!
//! | who | does | ordering |
//! |---|---|---|
//! | the sender, when the chunk is full or its thread ends | takes off what it has kept, `BIAS` less what it gave out | AcqRel |
//! | an owner, after a run of messages | takes off their number | AcqRel: whoever comes to zero frees what all have used |
//!
//! In an exploration each message has memory of its own: the counting is the one of every reference count, and as steps of
//! the simulated threads it would only multiply the executions.

#[cfg(feature = "explore")]
pub(super) use boxes::{Ledger, allocate, release};
#[cfg(not(feature = "explore"))]
pub(super) use chunks::{Ledger, allocate, release};

#[cfg(feature = "explore")]
mod boxes {
    use crate::explore::places;
    use std::ptr::NonNull;

    /// What an owner has still to count: nothing.
    pub(in super::super) struct Ledger;

    impl Ledger {
        pub(in super::super) const fn new() -> Self {
            Self
        }

        /// Counts what is left.
        pub(in super::super) fn close(self) {}
    }

    /// Room for a `T`, uninitialised.
    pub(in super::super) fn allocate<T>() -> NonNull<T> {
        places::take()
    }

    /// Gives it back.
    ///
    /// # Safety
    /// `place` is from [`allocate`] for this `T`, holds nothing that needs to be dropped, and is not used again.
    pub(in super::super) unsafe fn release<T>(place: NonNull<T>, _: &mut Ledger) {
        // SAFETY: by the caller's promise.
        unsafe { places::leave(place) };
    }
}

#[cfg(not(feature = "explore"))]
mod chunks {
    use crate::sync::Mutex;
    use crate::sync::atomic::AtomicUsize;
    use crate::sync::atomic::Ordering::AcqRel;
    use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
    use std::cell::Cell;
    use std::mem::MaybeUninit;
    use std::ptr::{NonNull, null_mut};

    /// Bytes of a chunk, and what its address is a multiple of: an address inside leads to its beginning.
    const SIZE: usize = 8192;
    /// Where the messages of a chunk begin.
    const FIRST: usize = 64;
    /// What a chunk's sender keeps of its count: more than it can ever give out.
    const BIAS: usize = 1 << 20;

    /// The beginning of a chunk.
    struct Chunk {
        /// Messages that are still used, and what the sender keeps.
        live: AtomicUsize,
    }

    const LAYOUT: Layout = match Layout::from_size_align(SIZE, SIZE) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    };

    /// Chunks kept for the next who wants one: what an allocator thinks of memory that one thread takes and another gives
    /// back, again and again, costs as much as all the rest.
    const SPARES: usize = 64;

    /// Those chunks; nobody has any part of their count.
    struct Spare {
        chunks: [*mut Chunk; SPARES],
        count: usize,
    }
    // SAFETY: plain memory, whoever has it.
    unsafe impl Send for Spare {}

    static SPARE: Mutex<Spare> = Mutex::new(Spare { chunks: [null_mut(); SPARES], count: 0 });

    impl Chunk {
        fn new() -> *mut Self {
            // Nobody waits for it: there is the allocator.
            let spare = SPARE.try_lock().ok().and_then(|mut spare| {
                spare.count = spare.count.checked_sub(1)?;
                Some(spare.chunks[spare.count])
            });
            let chunk = spare.unwrap_or_else(|| {
                // SAFETY: the layout has a size.
                let chunk = unsafe { alloc(LAYOUT) }.cast::<Self>();
                if chunk.is_null() {
                    handle_alloc_error(LAYOUT);
                }
                chunk
            });
            // SAFETY: memory of that layout, which nobody else has.
            unsafe { chunk.write(Self { live: AtomicUsize::new(BIAS) }) };
            chunk
        }

        /// Takes `count` off, and frees the chunk if nothing is left.
        ///
        /// # Safety
        /// The caller has that much of the chunk's count, and uses none of it any more.
        unsafe fn take_off(this: *mut Self, count: usize) {
            // AcqRel: see above.
            // SAFETY: the caller's part of the count keeps the chunk alive until here.
            if unsafe { (*this).live.fetch_sub(count, AcqRel) } == count {
                let kept = SPARE.try_lock().is_ok_and(|mut spare| {
                    let at = spare.count;
                    let room = at < SPARES;
                    if room {
                        spare.chunks[at] = this;
                        spare.count = at + 1;
                    }
                    room
                });
                if !kept {
                    // SAFETY: allocated with this layout, and nobody has any part of it left.
                    unsafe { dealloc(this.cast(), LAYOUT) };
                }
            }
        }
    }

    /// A thread's own chunk.
    struct Own {
        chunk: Cell<*mut Chunk>,
        /// Bytes of it that are given out, from its beginning.
        used: Cell<usize>,
        /// Messages that are given out.
        given: Cell<usize>,
    }

    impl Own {
        const fn new() -> Self {
            Self { chunk: Cell::new(null_mut()), used: Cell::new(SIZE), given: Cell::new(0) }
        }

        #[inline]
        fn allocate(&self, layout: Layout) -> NonNull<u8> {
            let at = self.used.get().next_multiple_of(layout.align());
            if at + layout.size() > SIZE {
                return self.allocate_in_next(layout);
            }
            self.used.set(at + layout.size());
            self.given.set(self.given.get() + 1);
            // SAFETY: inside the chunk, whose part `BIAS` is this thread's; not its beginning, so not null.
            unsafe { NonNull::new_unchecked(self.chunk.get().cast::<u8>().add(at)) }
        }

        #[cold]
        #[inline(never)]
        fn allocate_in_next(&self, layout: Layout) -> NonNull<u8> {
            self.retire();
            self.chunk.set(Chunk::new());
            self.used.set(FIRST);
            self.given.set(0);
            self.allocate(layout)
        }

        fn retire(&self) {
            let chunk = self.chunk.replace(null_mut());
            self.used.set(SIZE);
            if !chunk.is_null() {
                // SAFETY: of the chunk's count, `given` is the messages', and the rest of `BIAS` is ours until here.
                unsafe { Chunk::take_off(chunk, BIAS - self.given.get()) };
            }
        }
    }

    impl Drop for Own {
        fn drop(&mut self) {
            self.retire();
        }
    }

    crate::thread::thread_local! {
        static OWN: Own = const { Own::new() };
    }

    /// Whether a `T` goes into a chunk. Others have a box.
    const fn fits<T>() -> bool {
        size_of::<T>() <= 512 && align_of::<T>() <= FIRST
    }

    /// Room for a `T`, uninitialised.
    #[inline]
    pub(in super::super) fn allocate<T>() -> NonNull<T> {
        if const { !fits::<T>() } {
            return NonNull::from(Box::leak(Box::new(MaybeUninit::<T>::uninit()))).cast();
        }
        let layout = Layout::new::<T>();
        // A thread that ends may have no chunk any more: then the message has one for itself.
        OWN.try_with(|own| own.allocate(layout)).unwrap_or_else(|_| Own::new().allocate(layout)).cast()
    }

    /// Messages of one chunk that an owner has used, and not yet counted.
    pub(in super::super) struct Ledger {
        chunk: *mut Chunk,
        count: usize,
    }

    impl Ledger {
        pub(in super::super) const fn new() -> Self {
            Self { chunk: null_mut(), count: 0 }
        }

        /// Counts what is left.
        pub(in super::super) fn close(self) {}

        #[inline]
        fn enter(&mut self, chunk: *mut Chunk) {
            if self.chunk != chunk {
                self.settle();
                self.chunk = chunk;
            }
            self.count += 1;
        }

        fn settle(&mut self) {
            if self.count > 0 {
                // SAFETY: each release gave its one of the count to this ledger.
                unsafe { Chunk::take_off(self.chunk, std::mem::take(&mut self.count)) };
            }
        }
    }

    impl Drop for Ledger {
        fn drop(&mut self) {
            self.settle();
        }
    }

    /// Gives it back.
    ///
    /// # Safety
    /// `place` is from [`allocate`] for this `T`, holds nothing that needs to be dropped, and is not used again.
    #[inline]
    pub(in super::super) unsafe fn release<T>(place: NonNull<T>, ledger: &mut Ledger) {
        if const { !fits::<T>() } {
            // SAFETY: by the caller's promise it is that box.
            drop(unsafe { Box::from_raw(place.as_ptr().cast::<MaybeUninit<T>>()) });
            return;
        }
        let address = place.as_ptr().cast::<u8>();
        // SAFETY: chunks lie at multiples of their size, so this is the beginning of the chunk that `place` is in.
        ledger.enter(unsafe { address.sub(address.addr() % SIZE) }.cast());
    }

    #[cfg(test)]
    mod tests {
        use super::{Ledger, SIZE, allocate, release};

        #[test]
        fn messages_lie_apart_and_are_given_back_by_another_thread() {
            let mut places = Vec::new();
            for number in 0..10_000_u64 {
                let place = allocate::<[u64; 3]>();
                // SAFETY: ours.
                unsafe { place.as_ptr().write([number; 3]) };
                places.push(place.as_ptr().expose_provenance());
            }
            let chunks: std::collections::HashSet<usize> = places.iter().map(|place| place / SIZE).collect();
            assert!(chunks.len() < 40, "{} chunks of {SIZE} bytes for 240,000", chunks.len());
            crate::thread::spawn(move || {
                let mut ledger = Ledger::new();
                for (number, place) in places.into_iter().enumerate() {
                    let place = std::ptr::with_exposed_provenance_mut::<[u64; 3]>(place);
                    // SAFETY: written above, and handed over by the spawn.
                    assert_eq!(unsafe { place.read() }, [number as u64; 3]);
                    // SAFETY: allocated as this type above, once.
                    unsafe { release(std::ptr::NonNull::new_unchecked(place), &mut ledger) };
                }
            })
            .join()
            .expect("it does not panic");
        }

        #[test]
        fn what_is_large_has_a_box() {
            let place = allocate::<[u8; 4096]>();
            // SAFETY: ours.
            unsafe { place.as_ptr().write([7; 4096]) };
            // SAFETY: allocated as this type.
            unsafe { release(place, &mut Ledger::new()) };
        }
    }
}
