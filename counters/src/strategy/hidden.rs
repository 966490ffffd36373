//! What a wrapper holds, so that nobody can reach it: not even code in the wrapper's own module.

use super::op::{Call, Named, OneState, Op, Strategy};
use super::recipe::Recipe;

/// A strategy's cell, out of reach.
///
/// It has no public field and no method that gives access: an operation goes in, its result comes out.
pub struct Hidden<T: Strategy<S>, S> {
    cell: T::Cell,
    #[cfg(feature = "explore")]
    origin: crate::explore::home::Origin<S>,
}

/// Builds the wrapper's content in a `const` context; one for each strategy, since traits have no `const fn`.
///
/// `hidden_new!(Mutex, [Sized], |state| cell)`; a strategy with options names its parameters first,
/// `hidden_new!(@[const SHARDS: usize] Sharded<SHARDS>, [Sized], |state, recipe| cell)`.
macro_rules! hidden_new {
    ($(@[$($parameters:tt)*])? $strategy:ty, [$($bound:tt)*], |$state:ident| $cell:expr) => {
        $crate::strategy::hidden::hidden_new!($(@[$($parameters)*])? $strategy, [$($bound)*], |$state, _recipe| $cell);
    };
    ($(@[$($parameters:tt)*])? $strategy:ty, [$($bound:tt)*], |$state:ident, $recipe:pat_param| $cell:expr) => {
        impl<S: $($bound)*, $($($parameters)*)?> $crate::strategy::Hidden<$strategy, S> {
            /// The recipe makes the same state again: a static is set up afresh for each explored execution with it.
            #[doc(hidden)]
            pub const fn new<N>($state: S, recipe: $crate::strategy::Recipe<S, N>) -> Self {
                let recipe = recipe.unmarked();
                let $recipe = recipe;
                $crate::strategy::Hidden::from_cell($cell, recipe)
            }
        }
        // The same, where no generic code knows the strategy: an execution's own copy of a static.
        impl<S: $($bound)*, $($($parameters)*)?> $crate::strategy::hidden::Build<S> for $strategy {
            fn build($state: S, $recipe: $crate::strategy::Recipe<S>) -> Self::Cell {
                $cell
            }
        }
    };
}
pub(super) use hidden_new;

/// A cell made at run time.
pub trait Build<S>: Strategy<S> {
    /// The cell around a state.
    fn build(state: S, recipe: Recipe<S>) -> Self::Cell;
}

impl<T: Strategy<S>, S> Hidden<T, S> {
    pub(super) const fn from_cell(cell: T::Cell, recipe: Recipe<S>) -> Self {
        #[cfg(not(feature = "explore"))]
        let _ = recipe;
        Self {
            cell,
            #[cfg(feature = "explore")]
            origin: crate::explore::home::Origin::new(recipe),
        }
    }

    /// Runs one operation as one critical section.
    #[doc(hidden)]
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn call<O: Op<S>>(&self, op: O) -> O::Out
    where
        T: Call<S, O> + Build<S>,
        S: Named,
    {
        T::call(self.cell(), op)
    }

    /// Takes the state out. Panics if the object is poisoned.
    #[doc(hidden)]
    #[inline]
    pub fn into_state(self) -> S
    where
        T: OneState,
        S: Named,
    {
        T::into_state(self.cell)
    }

    /// Takes the state out of an object on which no method has run.
    #[cfg(feature = "explore")]
    #[doc(hidden)]
    pub fn into_initial_state(self) -> S
    where
        S: Named,
    {
        T::into_state(self.cell)
    }

    /// Whether the object is poisoned.
    #[doc(hidden)]
    pub fn is_poisoned(&self) -> bool
    where
        T: Build<S>,
        S: Named,
    {
        T::is_poisoned(self.cell())
    }

    /// Clears the poison.
    #[doc(hidden)]
    pub fn clear_poison(&self)
    where
        T: Build<S>,
        S: Named,
    {
        T::clear_poison(self.cell());
    }

    #[cfg(not(feature = "explore"))]
    #[inline(always)]
    fn cell(&self) -> &T::Cell {
        &self.cell
    }

    /// The cell that this execution is to use: the object's own, or the execution's fresh copy of a static.
    #[cfg(feature = "explore")]
    #[inline]
    #[track_caller]
    fn cell(&self) -> &T::Cell
    where
        T: Build<S>,
        S: Named,
    {
        self.origin.resolve(&self.cell, S::NAME, T::build)
    }
}

/// Recovery from poison, for every guarded type whose strategy can be poisoned.
///
/// A panic inside a method may leave the state half-changed. From then on every call panics, so that nobody works with
/// it unawares. Code that knows the state to be sound, or has mended it, clears the poison:
///
/// ```
/// use raceproof::{Poison, guarded};
///
/// #[guarded]
/// #[derive(Default)]
/// pub struct Percent { value: u8 }
///
/// #[guarded]
/// impl Percent {
///     pub fn set(&mut self, value: u8) {
///         assert!(value <= 100, "{value} is more than everything");
///         self.value = value;
///     }
///     pub fn get(&self) -> u8 { self.value }
/// }
///
/// let percent = Percent::default();
/// let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| percent.set(101)));
/// assert!(outcome.is_err());
/// assert!(percent.is_poisoned());
/// percent.clear_poison(); // `set` checks before it writes: the state is whole
/// assert_eq!(percent.get(), 0);
/// ```
pub trait Poison {
    /// Whether a panic inside a method has left this object poisoned. Under `atomic`, never.
    fn is_poisoned(&self) -> bool;
    /// Declares the state sound again: later calls go through.
    fn clear_poison(&self);
}

/// Says that the object is poisoned, in the words of its user. `by` is the method that panicked, where the build
/// remembers it.
#[cold]
#[inline(never)]
#[cfg_attr(feature = "explore", track_caller)]
pub(super) fn poisoned<S: Named>(by: Option<&'static str>) -> ! {
    panic!("{}", poison_message(S::NAME, by))
}

/// Lets go of a poisoned lock, and says so.
///
/// The lock's result comes here by value: an arm that left it where it was would make every call, on its good path too,
/// write the guard to memory for the unwinding to find (7 instructions of 28).
#[cold]
#[inline(never)]
#[cfg_attr(feature = "explore", track_caller)]
pub(super) fn refuse<S: Named, G>(guard: G, blame: &Blame) -> ! {
    let by = blame.method();
    drop(guard);
    poisoned::<S>(by)
}

/// The words of a poisoned object; the specification's panic says the same.
#[cfg_attr(not(feature = "explore"), allow(unreachable_pub, reason = "the explorer is its other caller"))]
pub fn poison_message(name: &str, by: Option<&str>) -> String {
    let who = match by {
        Some(method) => format!("`{name}::{method}`"),
        None => "a method".to_owned(),
    };
    format!(
        "`{name}` is poisoned: {who} panicked inside its critical section, so the state may be half-changed; \
         `raceproof::Poison::clear_poison` declares it sound"
    )
}

/// Would remember which method poisoned an object; what ships does not.
#[cfg(not(feature = "explore"))]
pub(super) struct Blame;

#[cfg(not(feature = "explore"))]
impl Blame {
    pub(super) const fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(super) fn watch<R>(&self, _method: &'static &'static str, body: impl FnOnce() -> R) -> R {
        body()
    }

    pub(super) fn blame(&self, _method: &'static &'static str) {}

    pub(super) fn claim(&self, _method: &'static &'static str, first: impl FnOnce() -> bool) -> bool {
        first()
    }

    pub(super) fn forget(&self) {}

    pub(super) fn method(&self) -> Option<&'static str> {
        None
    }
}
#[cfg(feature = "explore")]
pub(super) use crate::explore::blame::Blame;
