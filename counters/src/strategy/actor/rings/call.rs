//! A posted call, as it lies in a ring: what to do, and one word to do it with.
//!
//! Arguments of up to a word lie in the ring itself, larger ones in the sender's memory (see `memory`), and the word leads
//! there. So four calls go from core to core in one cache line, and a message of its own that would be linked is not made.

use super::super::super::mutation::{Mutation, broken};
use super::super::super::op::Op;
use super::super::memory::{self, Ledger};
use super::super::resident::Resident;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// One word: the operation, or where it lies, or the number of an epoch.
#[derive(Clone, Copy)]
pub(super) union Word {
    none: (),
    operation: MaybeUninit<u64>,
    place: *mut (),
    epoch: u64,
}

impl Word {
    /// Of a slot that nothing has been put into.
    pub(super) const EMPTY: Self = Self { none: () };

    pub(super) const fn of_epoch(epoch: u64) -> Self {
        Self { epoch }
    }

    /// # Safety
    /// It is from [`Self::of_epoch`].
    pub(super) const unsafe fn epoch(self) -> u64 {
        // SAFETY: by the caller's promise.
        unsafe { self.epoch }
    }
}

/// What an entry of a ring is: one for each type of operations, and one for epochs.
pub(super) struct Kind<S> {
    /// What to do with the word; nothing where it is an epoch.
    pub(super) perform: Option<Perform<S>>,
}

type Perform<S> = unsafe fn(Word, Option<&mut Resident<S>>, &mut Ledger);

impl<S> Kind<S> {
    /// From here on, entries are of the epoch that stands in the word.
    pub(super) const EPOCH: Self = Self { perform: None };

    /// The kind of an operation.
    pub(super) const fn of<O: Op<S>>() -> Self {
        Self { perform: Some(perform::<S, O>) }
    }
}

/// A call that has been taken out of its ring.
pub(in super::super) struct Call<S> {
    perform: Perform<S>,
    word: Word,
}

impl<S> Call<S> {
    /// # Safety
    /// The two were put into a ring together, and this is the only one who has taken them out.
    pub(super) const unsafe fn new(perform: Perform<S>, word: Word) -> Self {
        Self { perform, word }
    }

    /// Runs it; without a resident it is thrown away. It may unwind: then it is gone as well.
    #[inline]
    pub(in super::super) fn run(self, resident: Option<&mut Resident<S>>, ledger: &mut Ledger) {
        // SAFETY: by the promise of `new`, `pack` has made the word for this function's type, and it is unpacked once.
        unsafe { (self.perform)(self.word, resident, ledger) };
    }
}

const fn fits<O>() -> bool {
    size_of::<O>() <= size_of::<u64>() && align_of::<O>() <= align_of::<Word>()
}

/// The operation's word.
#[inline]
pub(super) fn pack<O>(op: O) -> Word {
    if const { fits::<O>() } {
        let mut word = Word { operation: MaybeUninit::uninit() };
        // SAFETY: it is as large and as strictly aligned as need be, and ours.
        unsafe { (&raw mut word).cast::<O>().write(op) };
        return word;
    }
    let place = memory::allocate::<O>();
    // SAFETY: of this layout, and ours.
    unsafe { place.as_ptr().write(op) };
    Word { place: place.as_ptr().cast() }
}

/// # Safety
/// The word is from [`pack`] for this type, and is not unpacked again.
#[inline]
unsafe fn unpack<O>(word: Word, ledger: &mut Ledger) -> O {
    if const { fits::<O>() } {
        // SAFETY: by the caller's promise.
        return unsafe { (&raw const word).cast::<O>().read() };
    }
    // SAFETY: by the caller's promise it is a place that `pack` has filled, and nobody comes to it again.
    unsafe {
        let place = NonNull::new_unchecked(word.place.cast::<O>());
        let op = place.as_ptr().read();
        memory::release(place, ledger);
        op
    }
}

unsafe fn perform<S, O: Op<S>>(word: Word, resident: Option<&mut Resident<S>>, ledger: &mut Ledger) {
    // SAFETY: by the promise of who calls this: see `Call::run`.
    let op = unsafe { unpack::<O>(word, ledger) };
    match resident {
        Some(resident) if !broken(Mutation::DrainSkipped) => {
            resident.run_unheard(op);
        }
        _ => drop(op),
    }
}
