//! `atomic`: the state in one atomic word, for small `Copy` state.
//!
//! A method is a compare-exchange loop over the user's body, which may run more than once before its outcome is kept. A
//! body that is one read-modify-write ([`Rmw`]) of a field that is alone in the word becomes it, and runs once, on the value
//! that was found, for its result. A panic in the body leaves the word as it was. A body with a side effect that the
//! attribute can see is refused ([`Repeatable`]).
//!
//! | operation | ordering | why |
//! |---|---|---|
//! | load | Acquire | what the writer did before it stored must be seen by who reads the value it stored |
//! | read-modify-write | AcqRel | it reads what others published, and publishes in turn |
//! | failed compare-exchange | Acquire | its value starts the next round, as a load's would |
//!
//! The word is the only shared memory of the type, so Relaxed would do for the type alone: its modification order is
//! total. Callers, though, use a flag or a counter to publish other memory, as they would with a lock.

use super::Recipe;
use super::mutation::{Mutation, broken};
use super::op::{Again, Call, Exclusive, Named, OnPanic, OneState, Op, ReadOp, Repeatable, Rmw, Shared, Strategy};
use super::pack::{Kind, Packer, Unpacker};
#[cfg(feature = "explore")]
use crate::explore::late::LateWord;
#[cfg(not(feature = "explore"))]
use crate::sync::atomic::AtomicU64 as LateWord;
use crate::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed};
use std::marker::PhantomData;

/// The state in one atomic word.
pub struct Atomic;

/// A state that fits a word. The attribute implements it, with `#[guarded(atomic)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit one atomic word",
    note = "`#[guarded(atomic)]` takes a struct of fields that fit 64 bits together; `#[guarded(mutex)]` takes any"
)]
pub trait Packed: Copy {
    /// How many bits the fields take together.
    const BITS: u32;
    /// What the processor can do with the field, if there is but one.
    const ONLY: Option<Kind>;
    /// The fields, side by side.
    fn pack(self) -> Packer;
    /// The fields of this word.
    fn unpack(word: Unpacker) -> Self;
}

#[inline]
fn to_word<S: Packed>(state: S) -> u64 {
    state.pack().finish()
}

#[inline]
fn from_word<S: Packed>(word: u64) -> S {
    S::unpack(Unpacker::new(word, S::BITS))
}

/// What becomes of a word, where the processor can do it by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Add(u64),
    Max(u64),
    Min(u64),
    SignedMax(i64),
    SignedMin(i64),
    And(u64),
    Or(u64),
    Xor(u64),
    Swap(u64),
}

impl Change {
    /// The change of the word that this one of its field is; the field is of this kind, and takes so many bits at the
    /// upper end of the word.
    #[inline]
    fn of(rmw: Rmw, kind: Kind, bits: u32) -> Option<Self> {
        // Of a `bool` the lowest bit is all there is: `!true` has more.
        let at = |amount: u64| if bits == 0 { 0 } else { amount << (64 - bits) };
        Some(match (rmw, kind) {
            (Rmw::Swap(to), _) => Self::Swap(at(to)),
            (_, Kind::Other) => return None,
            (Rmw::And(mask), _) => Self::And(at(mask)),
            (Rmw::Or(mask), _) => Self::Or(at(mask)),
            (Rmw::Xor(mask), _) => Self::Xor(at(mask)),
            (_, Kind::Bool) => return None,
            (Rmw::WrappingAdd(amount), _) => Self::Add(at(amount)),
            (Rmw::Max(least), Kind::Unsigned) => Self::Max(at(least)),
            (Rmw::Min(most), Kind::Unsigned) => Self::Min(at(most)),
            (Rmw::Max(least), Kind::Signed) => Self::SignedMax(at(least) as i64),
            (Rmw::Min(most), Kind::Signed) => Self::SignedMin(at(most) as i64),
        })
    }

    /// The new word.
    #[inline]
    pub(crate) fn apply(self, old: u64) -> u64 {
        match self {
            Self::Add(amount) => old.wrapping_add(amount),
            Self::Max(least) => old.max(least),
            Self::Min(most) => old.min(most),
            Self::SignedMax(least) => (old as i64).max(least) as u64,
            Self::SignedMin(most) => (old as i64).min(most) as u64,
            Self::And(mask) => old & mask,
            Self::Or(mask) => old | mask,
            Self::Xor(mask) => old ^ mask,
            Self::Swap(to) => to,
        }
    }

    /// Makes the change, and gives the old word.
    #[cfg(not(feature = "explore"))]
    #[inline]
    fn make(self, word: &LateWord, ordering: Ordering) -> u64 {
        match self {
            Self::Add(amount) => word.fetch_add(amount, ordering),
            Self::Max(least) => word.fetch_max(least, ordering),
            Self::Min(most) => word.fetch_min(most, ordering),
            Self::And(mask) => word.fetch_and(mask, ordering),
            Self::Or(mask) => word.fetch_or(mask, ordering),
            Self::Xor(mask) => word.fetch_xor(mask, ordering),
            Self::Swap(to) => word.swap(to, ordering),
            // The word has no sign; a loop is what most processors make of it anyway.
            Self::SignedMax(_) | Self::SignedMin(_) => {
                let mut old = word.load(Acquire);
                loop {
                    match word.compare_exchange_weak(old, self.apply(old), ordering, Acquire) {
                        Ok(old) => return old,
                        Err(found) => old = found,
                    }
                }
            }
        }
    }

    /// Makes the change, and gives the old word.
    #[cfg(feature = "explore")]
    #[inline]
    #[track_caller]
    fn make(self, word: &LateWord, ordering: Ordering) -> u64 {
        word.change(self, ordering)
    }
}

/// The word, and nothing that would let anyone at it.
pub struct AtomicCell<S> {
    word: LateWord,
    state: PhantomData<S>,
}

impl<S> AtomicCell<S> {
    const fn new(word: u64) -> Self {
        Self { word: LateWord::new(word), state: PhantomData }
    }
}

impl<S: Packed> super::hidden::Hidden<Atomic, S> {
    /// The attribute gives the word: a trait method could not be called in a `const` context.
    #[doc(hidden)]
    pub const fn new<N>(word: u64, recipe: Recipe<S, N>) -> Self {
        super::hidden::Hidden::from_cell(AtomicCell::new(word), recipe.unmarked())
    }
}

impl<S: Packed> super::hidden::Build<S> for Atomic {
    fn build(state: S, _: Recipe<S>) -> Self::Cell {
        AtomicCell::new(to_word(state))
    }
}

impl OneState for Atomic {}

impl<S: Packed> Strategy<S> for Atomic {
    type Cell = AtomicCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: false, shared_poisons: false };
    const MUTATIONS: &'static [Mutation] = &[Mutation::CasBecomesStore, Mutation::OrderingsRelaxed];

    #[inline]
    fn into_state(cell: Self::Cell) -> S {
        from_word(cell.word.into_inner())
    }

    fn is_poisoned(cell: &Self::Cell) -> bool {
        // No body's panic can leave the word half-written. In an exploration this also settles where the word is born.
        let _ = &cell.word;
        false
    }

    fn clear_poison(_: &Self::Cell) {}
}

/// The ordering that is meant, unless this execution is to do without.
#[inline(always)]
fn ordered(meant: Ordering) -> Ordering {
    if broken(Mutation::OrderingsRelaxed) { Relaxed } else { meant }
}

/// The compare-exchange; as a mutant, what a store would do: whatever is there by now is overwritten.
#[inline]
#[cfg_attr(feature = "explore", track_caller)]
fn exchange(word: &LateWord, old: u64, new: u64) -> Result<u64, u64> {
    let mut expected = old;
    loop {
        match word.compare_exchange_weak(expected, new, ordered(AcqRel), ordered(Acquire)) {
            Err(found) if broken(Mutation::CasBecomesStore) => expected = found,
            done => return done,
        }
    }
}

/// How an operation reaches the word. Sealed by being private to the strategies.
pub trait Way<S, O: Op<S>> {
    /// Runs the operation.
    fn call(cell: &AtomicCell<S>, op: O) -> O::Out;
}

impl<S: Packed, O: ReadOp<S>> Way<S, O> for Shared {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &AtomicCell<S>, op: O) -> O::Out {
        op.read(&from_word(cell.word.load(ordered(Acquire))))
    }
}

impl<S: Packed, O: Op<S> + Again + Repeatable> Way<S, O> for Exclusive {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &AtomicCell<S>, op: O) -> O::Out {
        // Not where something has to be dropped: a destructor that panics must come before the change, as in the loop.
        if !const { std::mem::needs_drop::<O>() }
            && let Some(kind) = S::ONLY
            && let Some(rmw) = op.rmw()
            && let Some(change) = Change::of(rmw, kind, S::BITS)
        {
            let old = change.make(&cell.word, ordered(AcqRel));
            // The body, on the value that was found: its result, and nothing else, is wanted.
            return op.run(&mut from_word(old));
        }
        let mut old = cell.word.load(ordered(Acquire));
        loop {
            let mut state = from_word(old);
            let out = op.again().run(&mut state);
            let new = to_word(state);
            // Nothing to keep: the load was all there was to do.
            if new == old {
                return out;
            }
            match exchange(&cell.word, old, new) {
                Ok(_) => return out,
                Err(found) => old = found,
            }
        }
    }
}

impl<S: Packed + Named, O: Op<S>> Call<S, O> for Atomic
where
    O::Access: Way<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Access as Way<S, O>>::call(cell, op)
    }
}
