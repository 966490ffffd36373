//! `atomic`: the state in one atomic word, for small `Copy` state.
//!
//! A method is a compare-exchange loop over the user's body, which may run more than once before its outcome is kept; a
//! body that is one read-modify-write ([`Rmw`]) becomes it. A panic in the body leaves the word as it was.
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
use super::op::{Again, Call, Exclusive, Named, OnPanic, OneState, Op, ReadOp, Rmw, Shared, Strategy};
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
    note = "`#[guarded(atomic)]` takes a struct of one integer or `bool` field; `#[guarded(mutex)]` takes any"
)]
pub trait Word: Copy {
    /// The bits that stand for this state.
    fn to_word(self) -> u64;
    /// The state that these bits stand for.
    fn from_word(word: u64) -> Self;
}

/// A field type whose `as u64` and back loses nothing.
#[diagnostic::on_unimplemented(
    message = "RP0007: `{Self}` does not fit one atomic word",
    label = "neither an integer of at most 64 bits nor a `bool`",
    note = "`#[guarded(atomic)]` takes a struct of one integer or `bool` field; `#[guarded(mutex)]` takes any"
)]
pub trait Integer: Copy {
    /// The bits that stand for this value, sign-extended: additions of words are then additions of values.
    fn to_word(self) -> u64;
    /// The value that these bits stand for; those that it has no room for are not looked at.
    fn from_word(word: u64) -> Self;
}
macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl Integer for $integer {
            #[inline]
            fn to_word(self) -> u64 {
                self as u64
            }
            #[inline]
            fn from_word(word: u64) -> Self {
                word as $integer
            }
        }
    )* };
}
integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
impl Integer for bool {
    #[inline]
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_word(word: u64) -> Self {
        word != 0
    }
}

/// An amount in an [`Rmw`], whatever its type: the impl's expansion sees how a type is spelt, and not what it is.
/// `(&Amount(&n)).word()` finds [`KnownAmount`] for an [`Integer`], and otherwise, one reference further, [`UnknownAmount`].
pub struct Amount<'a, T>(pub &'a T);

/// The amount is an integer.
pub trait KnownAmount {
    /// Its bits.
    fn word(&self) -> Option<u64>;
}

impl<T: Integer> KnownAmount for Amount<'_, T> {
    #[inline]
    fn word(&self) -> Option<u64> {
        Some(self.0.to_word())
    }
}

/// The amount is something else.
pub trait UnknownAmount {
    /// No bits.
    #[inline]
    fn word(&self) -> Option<u64> {
        None
    }
}

impl<T> UnknownAmount for &Amount<'_, T> {}

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

impl<S: Word> super::hidden::Hidden<Atomic, S> {
    /// The attribute gives the word: a trait method could not be called in a `const` context.
    #[doc(hidden)]
    pub const fn new<N>(word: u64, recipe: Recipe<S, N>) -> Self {
        super::hidden::Hidden::from_cell(AtomicCell::new(word), recipe.unmarked())
    }
}

impl<S: Word> super::hidden::Build<S> for Atomic {
    fn build(state: S, _: Recipe<S>) -> Self::Cell {
        AtomicCell::new(state.to_word())
    }
}

impl OneState for Atomic {}

impl<S: Word> Strategy<S> for Atomic {
    type Cell = AtomicCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: false, shared_poisons: false };
    const MUTATIONS: &'static [Mutation] = &[Mutation::CasBecomesStore, Mutation::OrderingsRelaxed];

    #[inline]
    fn into_state(cell: Self::Cell) -> S {
        S::from_word(cell.word.into_inner())
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

impl<S: Word, O: ReadOp<S>> Way<S, O> for Shared {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &AtomicCell<S>, op: O) -> O::Out {
        op.read(&S::from_word(cell.word.load(ordered(Acquire))))
    }
}

impl<S: Word, O: Op<S> + Again> Way<S, O> for Exclusive {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &AtomicCell<S>, op: O) -> O::Out {
        if let Some(Rmw::WrappingAdd(amount)) = op.rmw() {
            let old = cell.word.fetch_add(amount, ordered(AcqRel));
            // The body once more, on the value that was found: its result, and nothing else, is wanted.
            return op.run(&mut S::from_word(old));
        }
        let mut old = cell.word.load(ordered(Acquire));
        loop {
            let mut state = S::from_word(old);
            let out = op.again().run(&mut state);
            let new = state.to_word();
            if new == S::from_word(old).to_word() {
                return out;
            }
            match exchange(&cell.word, old, new) {
                Ok(_) => return out,
                Err(found) => old = found,
            }
        }
    }
}

impl<S: Word + Named, O: Op<S>> Call<S, O> for Atomic
where
    O::Access: Way<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Access as Way<S, O>>::call(cell, op)
    }
}
