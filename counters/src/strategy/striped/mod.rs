//! `striped`: a counter that only grows, in a stripe a thread. A write is a plain load and a plain store.
//!
//! The one thing to know: a stripe is written by its owner alone, so an addition needs no read-modify-write, and a read
//! adds the stripes up, one after the other, while their owners go on. What that sum can promise:
//!
//! | additions | `get` is | because |
//! |---|---|---|
//! | of 1 only | linearizable | the total passes through every value between what it was at the call and at the return |
//! | of any amount | between the two, and no more | the total jumps: 2 on one stripe, then 4 on another, may be read as 4, which it never was |
//!
//! The second is *intermediate value linearizability* (Rinberg and Keidar, DISC 2020): never less than what had been
//! added when the read began, never more than what had been added when it ended, and no later read is less.
//!
//! | operation | ordering | why |
//! |---|---|---|
//! | owner's load of its stripe | Relaxed | nobody else writes it |
//! | owner's store | Release | who reads the value sees what its writer did before, as with the other strategies |
//! | reader's load | Acquire | the other half |
//! | before a reader's loads | SeqCst fence | two threads that each add and then read must not both miss the other's addition, which may still be in a store buffer. The fence stands in the read, where it is rare, and not in the addition |
//!
//! At the top the counter stays: the sum saturates, which comes to the same as one field that saturates. That is why
//! additions are spelt `saturating_add`: it is what stripes can do without seeing the total. What would fill a stripe goes
//! into one word for all threads, which saturates too.

mod block;
mod registry;

use self::registry::{near, with_own_block};
use super::mutation::{Mutation, broken};
use super::op::{Call, Exclusive, Named, OnPanic, OneState, Op, ReadOp, Shared, Strategy};
use super::pack::{Integer, Word};
use super::recipe::Recipe;
#[cfg(feature = "explore")]
use crate::explore::late::LateWord;
#[cfg(not(feature = "explore"))]
use crate::sync::atomic::AtomicU64 as LateWord;
use crate::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, SeqCst};
use crate::sync::atomic::fence;
use std::marker::PhantomData;

/// A stripe a thread.
pub struct Striped;

/// A state that can be counted in stripes. The attribute implements it, with `#[guarded(striped)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be counted in stripes",
    note = "`#[guarded(striped)]` takes a struct of one unsigned integer field; `#[guarded(atomic)]` takes any word"
)]
pub trait Stripes: Word {
    /// The largest value, as a word: there the counter stays.
    const TOP: u64;
}

/// A field type that stripes can count.
#[diagnostic::on_unimplemented(
    message = "RP0007: `{Self}` cannot be counted in stripes",
    label = "not an unsigned integer of at most 64 bits",
    note = "a striped counter only grows, and stays at its top; `#[guarded(atomic)]` takes signed integers and `bool` too"
)]
pub trait Unsigned: Integer {
    /// The largest value, as a word.
    const TOP: u64;
}
macro_rules! unsigned {
    ($($integer:ty)*) => { $(
        impl Unsigned for $integer {
            const TOP: u64 = <$integer>::MAX as u64;
        }
    )* };
}
unsigned!(u8 u16 u32 u64 usize);

/// An operation that adds an amount to the field, saturating, and does nothing else.
#[diagnostic::on_unimplemented(
    message = "under `striped` a method that takes `&mut self` adds to the field, and does nothing else",
    label = "not an addition that a stripe can carry",
    note = "write `self.value = self.value.saturating_add(amount);`, without a result: a stripe's owner does not see the \
            total; or choose `#[guarded(atomic)]`"
)]
pub trait Adds {
    /// How much.
    fn amount(&self) -> u64;
}

/// The stripes, by their number in every thread's block; and what no stripe holds.
pub struct StripedCell<S: Word> {
    /// [`NONE`] until the first use: a number can be had only at run time, and a `static` is built before that.
    number: LateWord,
    /// What the counter was built with, and amounts that would fill a stripe.
    rest: LateWord,
    state: PhantomData<S>,
}

/// No number yet. It is larger than any number, so that the fast path asks once.
const NONE: u64 = u64::MAX;

impl<S: Word> StripedCell<S> {
    const fn new(start: u64) -> Self {
        Self { number: LateWord::new(NONE), rest: LateWord::new(start), state: PhantomData }
    }

    /// The number, which is taken if there is none.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn numbered(&self) -> u64 {
        // Acquire: who has the number sees its stripes emptied, see `Registry::free`.
        let found = self.number.load(Acquire);
        if found != NONE {
            return found;
        }
        let fresh = registry::registry().take();
        let mut old = NONE;
        loop {
            // AcqRel: published with the emptied stripes; Acquire: as above.
            match self.number.compare_exchange_weak(old, fresh, AcqRel, Acquire) {
                Ok(_) => return fresh,
                Err(NONE) => {}
                // The mutant's second number takes the place of the first.
                Err(found) if broken(Mutation::FirstUseTwice) => old = found,
                Err(found) => {
                    registry::registry().free(fresh);
                    return found;
                }
            }
        }
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn add(&self, amount: u64) {
        // Acquire: as in `numbered`.
        let number = self.number.load(Acquire);
        match near(number) {
            // The compiler knows a literal: of these two arms one is left.
            Some(stripe) if amount == 1 => stripe.increment(),
            Some(stripe) if stripe.try_add(amount) => {}
            _ => self.add_slowly(amount),
        }
    }

    /// The first addition of a counter, or of a thread; those of numbers beyond a block's first stripes; and amounts that
    /// would fill a stripe.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn add_slowly(&self, amount: u64) {
        let number = self.numbered();
        if with_own_block(|block| block.stripe_or_grow(number).try_add(amount)) {
            return;
        }
        // Acquire and AcqRel: who reads the sum sees what was done before each addition in it, as with a stripe.
        let mut old = self.rest.load(Acquire);
        while let Err(found) = self.rest.compare_exchange_weak(old, old.saturating_add(amount), AcqRel, Acquire) {
            old = found;
        }
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn sum(&self) -> u64 {
        // SeqCst: see the table above. As a mutant, the fence that is forgotten.
        if !broken(Mutation::BarrierLeftOut) {
            fence(SeqCst);
        }
        // Acquire: the other half of `add_slowly`'s.
        let rest = self.rest.load(Acquire);
        // Acquire: as in `numbered`. Without a number no stripe has been added to.
        let number = self.number.load(Acquire);
        if number == NONE { rest } else { registry::registry().sum(number, rest) }
    }
}

impl<S: Word> Drop for StripedCell<S> {
    fn drop(&mut self) {
        // What an execution that is over has left is not asked any more; its registry is gone with it.
        #[cfg(feature = "explore")]
        if !self.number.is_ours() {
            return;
        }
        // Relaxed: nobody else has the counter any more.
        let number = self.number.load(Relaxed);
        if number != NONE {
            registry::registry().free(number);
        }
    }
}

impl<S: Stripes> super::hidden::Hidden<Striped, S> {
    /// The attribute gives the word: a trait method could not be called in a `const` context.
    #[doc(hidden)]
    pub const fn new<N>(word: u64, recipe: Recipe<S, N>) -> Self {
        super::hidden::Hidden::from_cell(StripedCell::new(word), recipe.unmarked())
    }
}

impl<S: Stripes> super::hidden::Build<S> for Striped {
    fn build(state: S, _: Recipe<S>) -> Self::Cell {
        StripedCell::new(state.to_word())
    }
}

impl OneState for Striped {}

impl<S: Stripes> Strategy<S> for Striped {
    type Cell = StripedCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: false, shared_poisons: false };
    const FIRST_USE: bool = true;
    const MUTATIONS: &'static [Mutation] =
        &[Mutation::StripeNotSummed, Mutation::BarrierLeftOut, Mutation::OrderingsRelaxed, Mutation::FirstUseTwice];

    fn into_state(cell: Self::Cell) -> S {
        S::from_word(cell.sum().min(S::TOP))
    }

    fn is_poisoned(cell: &Self::Cell) -> bool {
        // An addition runs no code of the user's. In an exploration this also settles the number.
        #[cfg(feature = "explore")]
        {
            cell.numbered();
            cell.rest.settle();
        }
        let _ = cell;
        false
    }

    fn clear_poison(_: &Self::Cell) {}
}

/// How an operation reaches the stripes. Sealed by being private to the strategies.
pub trait Reach<S: Word, O: Op<S>> {
    /// Runs the operation.
    fn call(cell: &StripedCell<S>, op: O) -> O::Out;
}

impl<S: Stripes, O: ReadOp<S>> Reach<S, O> for Shared {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &StripedCell<S>, op: O) -> O::Out {
        op.read(&S::from_word(cell.sum().min(S::TOP)))
    }
}

impl<S: Stripes, O: Op<S, Out = ()> + Adds> Reach<S, O> for Exclusive {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &StripedCell<S>, op: O) {
        cell.add(op.amount());
    }
}

impl<S: Stripes + Named, O: Op<S>> Call<S, O> for Striped
where
    O::Access: Reach<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Access as Reach<S, O>>::call(cell, op)
    }
}
