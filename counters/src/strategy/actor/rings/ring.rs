//! One sender's queue: segments of slots, written by that thread and read by the owner.
//!
//! | what | written by | read by | ordering |
//! |---|---|---|---|
//! | a slot's `kind` | the sender, null to something; the owner, back to null before the segment is used again | the owner | Release, Acquire: the word beside it is seen |
//! | a segment's `next` | the sender, when the segment is full | the owner, when he has read it all | Release, Acquire: the next one is seen as it was made |
//! | `spare` | the owner, a segment that he has read; the sender takes it | both | AcqRel: whoever takes it sees its slots empty |
//!
//! It grows and never makes a sender wait: who could not put his call in here would have to take another way, and then
//! calls would be overtaken by others that came after them.

use super::super::super::op::Op;
use super::super::mailbox::ordered;
use super::call::{Call, Kind, Word, pack};
use crate::cell::UnsafeCell;
use crate::sync::atomic::AtomicPtr;
use crate::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::ptr::null_mut;

/// Slots of a segment: four kilobytes. An exploration has short ones, so that their ends are come to.
const SLOTS: usize = if cfg!(feature = "explore") { 2 } else { 254 };

struct Slot<S> {
    kind: AtomicPtr<Kind<S>>,
    word: UnsafeCell<Word>,
}

struct Segment<S> {
    slots: [Slot<S>; SLOTS],
    next: AtomicPtr<Self>,
}

impl<S> Segment<S> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn new() -> *mut Self {
        let slot = |_| Slot { kind: AtomicPtr::new(null_mut()), word: UnsafeCell::new(Word::EMPTY) };
        Box::into_raw(Box::new(Self { slots: std::array::from_fn(slot), next: AtomicPtr::new(null_mut()) }))
    }
}

/// Where the sender is.
struct Writer<S> {
    segment: *mut Segment<S>,
    at: usize,
    /// Of what was put in last.
    epoch: u64,
}

/// Where the owner is.
struct Reader<S> {
    segment: *mut Segment<S>,
    at: usize,
    /// Of what comes next.
    epoch: u64,
}

/// On cache lines of its own, and not on those that the processor fetches along with them.
#[repr(align(128))]
struct Apart<T>(T);

/// The queue of the thread with this number.
pub(super) struct Ring<S> {
    pub(super) number: usize,
    /// The ring that was made before this one. Written before this one is shown.
    pub(super) next: *mut Self,
    /// A segment for the sender's next one.
    spare: AtomicPtr<Segment<S>>,
    /// The sender's alone.
    writer: Apart<UnsafeCell<Writer<S>>>,
    /// The owner's alone.
    reader: Apart<UnsafeCell<Reader<S>>>,
}

impl<S> Ring<S> {
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn new(number: usize, epoch: u64) -> Box<Self> {
        let segment = Segment::new();
        Box::new(Self {
            number,
            next: null_mut(),
            spare: AtomicPtr::new(null_mut()),
            writer: Apart(UnsafeCell::new(Writer { segment, at: 0, epoch })),
            reader: Apart(UnsafeCell::new(Reader { segment, at: 0, epoch })),
        })
    }

    /// Puts in an operation, which bears this epoch.
    ///
    /// # Safety
    /// The ring is the calling thread's.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn put<O>(&self, op: O, epoch: u64)
    where
        S: 'static,
        O: Op<S> + 'static,
    {
        let word = pack(op);
        self.writer.0.with_mut(|writer| {
            // SAFETY: the writer is the calling thread's alone, by the caller's promise.
            let writer = unsafe { &mut *writer };
            if writer.epoch != epoch {
                writer.epoch = epoch;
                self.push(writer, const { &Kind::EPOCH }, Word::of_epoch(epoch));
            }
            self.push(writer, const { &Kind::of::<O>() }, word);
        });
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn push(&self, writer: &mut Writer<S>, kind: &'static Kind<S>, word: Word)
    where
        S: 'static,
    {
        if writer.at == SLOTS {
            self.grow(writer);
        }
        // SAFETY: the owner leaves a segment only after its last slot, so this one is alive; and he looks at the word only
        // when he has seen the kind.
        unsafe {
            let slot = &(*writer.segment).slots[writer.at];
            slot.word.with_mut(|place| *place = word);
            // Release: the word is seen, and with it all that the sender has done.
            slot.kind.store(std::ptr::from_ref(kind).cast_mut(), ordered(Release));
        }
        writer.at += 1;
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn grow(&self, writer: &mut Writer<S>) {
        // AcqRel: the segment is seen as the owner has emptied it; what is left in its place is nothing.
        let spare = self.spare.swap(null_mut(), ordered(AcqRel));
        let next = if spare.is_null() { Segment::new() } else { spare };
        // SAFETY: as in `push`. The owner goes on from here as soon as he sees it, and this thread has gone by then: it does
        // not look back.
        // Release: the next one is seen as it is.
        unsafe { (*writer.segment).next.store(next, ordered(Release)) };
        writer.segment = next;
        writer.at = 0;
    }

    /// Takes out the next call, if there is one, and if it is of no later epoch than `latest`.
    ///
    /// # Safety
    /// The calling thread is the owner.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn take(&self, latest: u64) -> Option<Call<S>> {
        self.reader.0.with_mut(|reader| {
            // SAFETY: the reader is the owner's alone.
            let reader = unsafe { &mut *reader };
            loop {
                if reader.at == SLOTS && !self.go_on(reader) {
                    return None;
                }
                // SAFETY: a segment is freed, or emptied, by the owner alone.
                let slot = unsafe { &(*reader.segment).slots[reader.at] };
                // Acquire: the word is seen.
                // SAFETY: kinds are constants.
                let kind = unsafe { slot.kind.load(ordered(Acquire)).as_ref()? };
                if kind.perform.is_some() && reader.epoch > latest {
                    return None;
                }
                reader.at += 1;
                // SAFETY: it was written before the kind, and the sender has gone on.
                let word = slot.word.with(|word| unsafe { *word });
                match kind.perform {
                    // SAFETY: put in together, and taken out once, since the reader has gone on.
                    Some(perform) => return Some(unsafe { Call::new(perform, word) }),
                    // SAFETY: the word of an epoch.
                    None => reader.epoch = unsafe { word.epoch() },
                }
            }
        })
    }

    /// Goes on to the next segment, if there is one.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn go_on(&self, reader: &mut Reader<S>) -> bool {
        // SAFETY: as in `take`.
        let read = unsafe { &*reader.segment };
        // Acquire: the next one is seen as it was made.
        let next = read.next.load(ordered(Acquire));
        if next.is_null() {
            return false;
        }
        for slot in &read.slots {
            // Relaxed, here and below: shown to the sender by the swap.
            slot.kind.store(null_mut(), Relaxed);
        }
        read.next.store(null_mut(), Relaxed);
        // AcqRel: shown as it was emptied; and what was there is ours as it is.
        let before = self.spare.swap(std::mem::replace(&mut reader.segment, next), ordered(AcqRel));
        reader.at = 0;
        if !before.is_null() {
            // SAFETY: from a box; it was a spare one, and we have taken it.
            drop(unsafe { Box::from_raw(before) });
        }
        true
    }

    /// Whether anything lies there.
    ///
    /// # Safety
    /// The calling thread is the owner.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn any(&self) -> bool {
        self.reader.0.with(|reader| {
            // SAFETY: as in `take`.
            // Relaxed: `take` looks for itself.
            unsafe {
                let Reader { segment, at, .. } = *reader;
                match (*segment).slots.get(at) {
                    Some(slot) => !slot.kind.load(Relaxed).is_null(),
                    None => !(*segment).next.load(Relaxed).is_null(),
                }
            }
        })
    }
}

impl<S> Drop for Ring<S> {
    fn drop(&mut self) {
        let mut at = self.reader.0.get_mut().segment;
        while !at.is_null() {
            // SAFETY: from a box; nobody else has the ring any more.
            at = *unsafe { Box::from_raw(at) }.next.get_mut();
        }
        let spare = *self.spare.get_mut();
        if !spare.is_null() {
            // SAFETY: the same, and it is in no other place.
            drop(unsafe { Box::from_raw(spare) });
        }
    }
}
