//! `rwlock`: one lock that readers share.

use super::hidden::{Blame, hidden_new, poisoned, refuse};
use super::mutation::Mutation;
use super::op::{Call, Exclusive, Named, OnPanic, OneState, Op, ReadOp, Shared, Strategy};
use crate::sync;

/// One read-write lock around the state: `&self` methods run side by side, a `&mut self` method is alone.
pub struct RwLock;

/// The lock, and nothing that would let anyone take it.
pub struct RwLockCell<S> {
    state: sync::RwLock<S>,
    blame: Blame,
}

hidden_new!(RwLock, [Sized], |state| RwLockCell { state: sync::RwLock::new(state), blame: Blame::new() });

impl OneState for RwLock {}

impl<S> Strategy<S> for RwLock {
    type Cell = RwLockCell<S>;
    // A reader that panics has changed nothing.
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: true, shared_poisons: false };
    // The kit makes it in the strategy's place: under a lock that readers share, no safe code writes.
    const MUTATIONS: &'static [Mutation] = &[Mutation::WriterBesideReaders];

    #[inline]
    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        match cell.state.into_inner() {
            Ok(state) => state,
            Err(_) => poisoned::<S>(cell.blame.method()),
        }
    }

    fn is_poisoned(cell: &Self::Cell) -> bool {
        cell.state.is_poisoned()
    }

    fn clear_poison(cell: &Self::Cell) {
        cell.state.clear_poison();
    }
}

/// Which side of the lock an operation takes. Sealed by being private to the strategies.
pub trait Side<S, O: Op<S>> {
    /// Takes that side, and runs the operation.
    fn call(cell: &RwLockCell<S>, op: O) -> O::Out;
}

impl<S: Named, O: Op<S>> Side<S, O> for Exclusive {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &RwLockCell<S>, op: O) -> O::Out {
        match cell.state.write() {
            Ok(mut state) => cell.blame.watch(&O::NAME, || op.run(&mut state)),
            Err(guard) => refuse::<S, _>(guard, &cell.blame),
        }
    }
}

impl<S: Named, O: ReadOp<S>> Side<S, O> for Shared {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &RwLockCell<S>, op: O) -> O::Out {
        match cell.state.read() {
            Ok(state) => op.read(&state),
            Err(guard) => refuse::<S, _>(guard, &cell.blame),
        }
    }
}

impl<S: Named, O: Op<S>> Call<S, O> for RwLock
where
    O::Access: Side<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Access as Side<S, O>>::call(cell, op)
    }
}
