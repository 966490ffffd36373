//! `left_right`: two copies of the state; readers look at one while a writer changes the other. For states that are read
//! much more often than they are changed.
//!
//! A read announces itself in a slot of its thread's own, finds out which copy is current, looks at it, and leaves. It
//! waits for nobody and writes to no memory that another reader writes to. A write changes the copy that nobody looks at,
//! shows it, waits until the readers that may still look at the other one have left it, does the same to that one, and
//! shows that one again: readers stay with the copy that lies in their caches, and are elsewhere for a moment only.
//!
//! | field | written by | read by | ordering |
//! |---|---|---|---|
//! | `current` | the writer | readers | Release / Acquire: who finds a copy sees what was done to it |
//! | a slot, odd while its thread reads | its thread | the writer | Release / Acquire: who sees a reader gone has its reads behind it |
//! | slot, then `current` / `current`, then slots | | | [`barrier`]: the reader finds the new copy, or the writer finds the reader |
//!
//! Writers take turns by a lock, and return when their change is shown. So each operation takes effect at one moment, a
//! write when `current` is first stored and a read when it is loaded: all methods are linearizable.
//!
//! A panic in a method leaves the state as it was: the copy that was being changed had not been shown, and is made anew
//! from the other by the next write.

pub(super) mod barrier;
mod slots;

use super::first_use::FirstUse;
use super::frame::Frame;
use super::hidden::hidden_new;
use super::mutation::{Mutation, broken};
use super::op::{Again, Call, Exclusive, Named, OnPanic, OneState, Op, ReadOp, Shared, Strategy};
use crate::cell::UnsafeCell;
use crate::sync::atomic::AtomicUsize;
use crate::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use crate::sync::{Mutex, PoisonError, TryLockError};
use barrier::Barrier;
use slots::{Slot, Slots};

/// Two copies of the state, one to read and one to change.
pub struct LeftRight;

/// The copies, and nothing that would let anyone at them.
pub struct LeftRightCell<S> {
    /// The state, until the first use moves it to where it is shared: atomics cannot be made in a `const fn` in every build.
    initial: Mutex<Option<S>>,
    body: FirstUse<Body<S>>,
}

/// What readers and writers share.
struct Body<S> {
    /// Which copy readers find: 0 or 1. Only the writer who holds `turn` stores.
    current: AtomicUsize,
    /// The one that is current is there, and nobody changes it. The other is there after the first write.
    copies: [UnsafeCell<Option<S>>; 2],
    slots: Slots,
    barrier: Barrier,
    /// Held by who writes.
    turn: Mutex<Turn>,
}

/// What one writer leaves to the next.
struct Turn {
    /// How the copy that is not current was left.
    other: Other,
    /// The readers' counts at the last write.
    counts: usize,
}

/// The copy that is not current.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    /// It has to be made anew: there is none yet, or a panic has left it half-changed. No reader is in it.
    Stale,
    /// It is the same as the current one. Readers that found it while it was shown may still be in it.
    Same,
}

// SAFETY: `copies` is all that is not `Sync` by itself. A copy is read through `&S` by several threads at once (`S: Sync`)
// and changed by one alone, on whatever thread (`S: Send`): a writer changes the copy that is not current, under `turn`,
// after every reader that could have found it has left (see `write`).
unsafe impl<S: Send + Sync> Sync for Body<S> {}

hidden_new!(LeftRight, [Sized], |state| LeftRightCell { initial: Mutex::new(Some(state)), body: FirstUse::new() });

impl OneState for LeftRight {}

impl<S> Strategy<S> for LeftRight {
    type Cell = LeftRightCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: false, shared_poisons: false };
    const FIRST_USE: bool = true;
    const MUTATIONS: &'static [Mutation] = &[
        Mutation::ReaderNotWaitedFor,
        Mutation::AppliedOnce,
        Mutation::NeverPublished,
        Mutation::StaleRead,
        Mutation::BarrierLeftOut,
        Mutation::OrderingsRelaxed,
        Mutation::FirstUseUnordered,
        Mutation::FirstUseTwice,
    ];

    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        let state = match cell.body.into_inner() {
            Some(body) => {
                let [left, right] = body.copies;
                let current = if body.current.into_inner() == 0 { left } else { right };
                current.into_inner()
            }
            None => cell.initial.into_inner().unwrap_or_else(PoisonError::into_inner),
        };
        match state {
            Some(state) => state,
            None => unreachable!("the current copy is there, and before the first use the initial state is"),
        }
    }

    fn is_poisoned(cell: &Self::Cell) -> bool {
        // In an exploration this is also where what is made at first use is made.
        if crate::EXPLORE {
            let _ = cell.body();
        }
        false
    }

    fn clear_poison(_: &Self::Cell) {}
}

impl<S> LeftRightCell<S> {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn body(&self) -> &Body<S> {
        match self.body.get() {
            Some(body) => body,
            None => self.open(),
        }
    }

    /// The first use.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn open(&self) -> &Body<S> {
        self.body.get_or_make(|| {
            let state = self.initial.lock().unwrap_or_else(PoisonError::into_inner).take();
            Body {
                current: AtomicUsize::new(0),
                copies: [UnsafeCell::new(state), UnsafeCell::new(None)],
                slots: Slots::new(),
                barrier: Barrier::new(),
                turn: Mutex::new(Turn { other: Other::Stale, counts: 0 }),
            }
        })
    }
}

/// The ordering that is meant, unless this execution is to do without.
#[inline(always)]
fn ordered(meant: Ordering) -> Ordering {
    if broken(Mutation::OrderingsRelaxed) { Relaxed } else { meant }
}

/// A read under way: it ends also when the method panics.
struct Reading<'a> {
    slot: &'a Slot,
    /// What the slot holds once the read is over.
    after: usize,
}

impl Drop for Reading<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: the writer who sees it has this read behind it.
        self.slot.count.store(self.after, ordered(Release));
    }
}

impl<S> Body<S> {
    /// Looks at the current copy.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn read<O: ReadOp<S>>(&self, op: O) -> O::Out {
        let Some(slot) = self.slots.mine() else { return self.read_in_turn(op) };
        // Relaxed: nobody else writes to it.
        let before = slot.count.load(Relaxed);
        if before.is_multiple_of(2) {
            if self.barrier.asks(before / 2) {
                self.choose();
            }
            // Release: a writer who waited for this thread's last read, and sees this one in its place, has the last one
            // behind it too. A plain store continues no release sequence.
            slot.count.store(before.wrapping_add(1), ordered(Release));
            if !broken(Mutation::BarrierLeftOut) {
                self.barrier.light();
            }
            let _reading = Reading { slot, after: before.wrapping_add(2) };
            self.look(op)
        } else {
            self.read_inside(op)
        }
    }

    /// Inside another read by this thread: whichever copy is current now cannot change before that one is over. Apart,
    /// because the body twice in one function would keep both from being inlined.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn read_inside<O: ReadOp<S>>(&self, op: O) -> O::Out {
        self.look(op)
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn look<O: ReadOp<S>>(&self, op: O) -> O::Out {
        // Acquire: what the writer did to that copy is seen.
        let current = self.current.load(ordered(Acquire)) & 1;
        // A branch, not an index: it is nearly always the first, and a processor that has guessed so need not wait for the
        // answer to begin with what the method looks at.
        if current == 0 && !broken(Mutation::StaleRead) {
            self.look_at(0, op)
        } else {
            self.look_elsewhere(current, op)
        }
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn look_elsewhere<O: ReadOp<S>>(&self, current: usize, op: O) -> O::Out {
        if broken(Mutation::StaleRead) {
            // SAFETY: of the mutant: the engines' cell tells of a race before anything is looked at.
            let there = self.copies[1 - current].with(|copy| unsafe { (*copy).is_some() });
            return self.look_at(if there { 1 - current } else { current }, op);
        }
        self.look_at(current, op)
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn look_at<O: ReadOp<S>>(&self, current: usize, op: O) -> O::Out {
        self.copies[current].with(|copy| {
            // SAFETY: a writer changes a copy only after it has shown the other one and waited for all readers that may
            // have found this one. We have announced ourselves and have not left; so either it waits for us, or it
            // showed the other copy before we looked which one is current, and we had found that.
            match unsafe { &*copy } {
                Some(state) => op.read(state),
                None => unreachable!("the current copy is there"),
            }
        })
    }

    /// Chooses who pays for the barrier, if no writer is there to do it.
    #[cold]
    #[inline(never)]
    fn choose(&self) {
        let turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        self.barrier.choose(self.slots.sum().wrapping_sub(turn.counts) / 2);
    }

    /// A thread that is so near its end that it has no slot any more reads as a writer would. Inside of its own read or
    /// write it has the turn already, and what is current cannot change before that is over.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn read_in_turn<O: ReadOp<S>>(&self, op: O) -> O::Out {
        if self.has_the_turn() {
            return self.look(op);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        Frame::within(self.address(), || self.look(op))
    }

    fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    /// Whether this thread, which has no slot, is reading or writing now. Never in a specification: there it has one.
    fn has_the_turn(&self) -> bool {
        Frame::inside(self.address(), || false)
    }

    /// Changes both copies, one after the other.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn write<O: Op<S> + Again>(&self, op: O) -> O::Out
    where
        S: Clone + Named,
    {
        match self.slots.mine() {
            // Relaxed: its own slot.
            Some(slot) if slot.count.load(Relaxed).is_multiple_of(2) => self.write_in_turn(op),
            None if !self.has_the_turn() => self.write_at_the_end(op),
            _ => waits_for_itself::<S>(),
        }
    }

    /// A thread without a slot: what its method reads of this object must not take the turn again.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn write_at_the_end<O: Op<S> + Again>(&self, op: O) -> O::Out
    where
        S: Clone + Named,
    {
        Frame::within(self.address(), || self.write_in_turn(op))
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn write_in_turn<O: Op<S> + Again>(&self, op: O) -> O::Out
    where
        S: Clone + Named,
    {
        // A panic while it was held has left `Stale` behind, which says all.
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed: only who holds the lock stores.
        let front = self.current.load(Relaxed) & 1;
        let back = 1 - front;
        match turn.other {
            Other::Stale => {
                // SAFETY: nobody changes the current copy while we hold the lock; readers share it with us.
                let copy = self.copies[front].with(|copy| unsafe { (*copy).clone() });
                // SAFETY: not current, and no reader is in it, says `Stale`; only who holds the lock changes copies.
                self.copies[back].with_mut(|place| unsafe { *place = copy });
            }
            Other::Same => _ = self.wait_for_readers(),
        }
        // If the method panics, the copy that nobody has been shown is half-changed.
        turn.other = Other::Stale;
        // SAFETY: as above; and we have just waited for the last reader in it.
        let out = self.copies[back].with_mut(|copy| run(unsafe { &mut *copy }, op.again()));
        if broken(Mutation::NeverPublished) {
            return out;
        }
        // Release: who finds the copy sees what was done to it.
        // raceproof: allow(atomic_load_store): only who holds the lock stores
        self.current.store(back, ordered(Release));
        let counts = self.wait_for_readers();
        if !broken(Mutation::AppliedOnce) {
            // If it panics only this second time, the change has been made and shown, and it is this copy that is not
            // current and half-changed.
            // SAFETY: no longer current, and we have waited for the last reader in it.
            self.copies[front].with_mut(|copy| run(unsafe { &mut *copy }, op));
        }
        // Release: as above. The next write waits for the readers in `back`.
        // raceproof: allow(atomic_load_store): only who holds the lock stores
        self.current.store(front, ordered(Release));
        turn.other = Other::Same;
        let before = std::mem::replace(&mut turn.counts, counts);
        self.barrier.choose(counts.wrapping_sub(before) / 2);
        out
    }

    /// Waits until no reader is in the copy that is not current any more; from then on none will find it.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn wait_for_readers(&self) -> usize {
        if !broken(Mutation::BarrierLeftOut) {
            self.barrier.heavy();
        }
        if broken(Mutation::ReaderNotWaitedFor) { 0 } else { self.slots.wait_for_readers(ordered(Acquire)) }
    }
}

#[inline]
fn run<S, O: Op<S>>(copy: &mut Option<S>, op: O) -> O::Out {
    match copy {
        Some(state) => op.run(state),
        None => unreachable!("a missing copy has been made"),
    }
}

#[cold]
#[inline(never)]
#[cfg_attr(feature = "explore", track_caller)]
fn waits_for_itself<S: Named>() -> ! {
    panic!(
        "`{}` is changed from inside one of its own `&self` methods: the change would wait for that read to end, for ever",
        S::NAME
    )
}

/// Which side of the copies an operation takes. Sealed by being private to the strategies.
pub trait Side<S, O: Op<S>> {
    /// Takes that side, and runs the operation.
    fn call(cell: &LeftRightCell<S>, op: O) -> O::Out;
}

impl<S: Named, O: ReadOp<S>> Side<S, O> for Shared {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &LeftRightCell<S>, op: O) -> O::Out {
        cell.body().read(op)
    }
}

impl<S: Clone + Named, O: Op<S> + Again> Side<S, O> for Exclusive {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &LeftRightCell<S>, op: O) -> O::Out {
        cell.body().write(op)
    }
}

impl<S: Named, O: Op<S>> Call<S, O> for LeftRight
where
    O::Access: Side<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Access as Side<S, O>>::call(cell, op)
    }
}
