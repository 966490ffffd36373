//! `mutex`: one lock, for anything.

use super::hidden::{Blame, hidden_new, poisoned, refuse};
use super::op::{Call, Named, OnPanic, OneState, Op, Strategy};
use crate::sync;

/// One mutex around the state: every method is alone in it.
pub struct Mutex;

/// The mutex, and nothing that would let anyone lock it.
pub struct MutexCell<S> {
    state: sync::Mutex<S>,
    blame: Blame,
}

hidden_new!(Mutex, [Sized], |state| MutexCell { state: sync::Mutex::new(state), blame: Blame::new() });

impl OneState for Mutex {}

impl<S> Strategy<S> for Mutex {
    type Cell = MutexCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: true, shared_poisons: true };

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

impl<S: Named, O: Op<S>> Call<S, O> for Mutex {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        match cell.state.lock() {
            Ok(mut state) => cell.blame.watch(&O::NAME, || op.run(&mut state)),
            Err(guard) => refuse::<S, _>(guard, &cell.blame),
        }
    }
}
