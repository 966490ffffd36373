//! A type as the explorer sees it: its operations, their arguments and results, and its specification.
//!
//! The attributes implement these traits; `raceproof-test` reads them. All of it hangs on the type alone, so that
//! `race_tests!(Type)` works from any crate, for a generic type too.

use crate::spec::Allowed;
pub use crate::strategy::Consistency;
use crate::strategy::Guarded;
use std::panic::Location;

/// A guarded type, by the attribute on the struct; or one written by hand, by the attribute on its impl.
pub trait Explorable: Guarded {
    /// Whether it was written by hand: what is explored is the object's own code, and the specification is the user's.
    const BY_HAND: bool = false;
    /// The most threads that may share one object, where the type sets a bound.
    const THREADS: Option<usize> = None;
    /// The name of the method that must hold when nothing is under way.
    const INVARIANT: Option<&'static str> = None;
    /// Takes the plain state out of a wrapper that nobody else has.
    fn into_state(self) -> Self::State;
    /// The specification's first state, for objects built in this way.
    fn first_state(construct: fn() -> Self) -> Self::State
    where
        Self: Sized,
    {
        construct().into_state()
    }
    /// Makes sure that what is born at first use is born now.
    fn settle(&self);
    /// The state once more, where only the type itself knows how.
    fn copy(_state: &Self::State) -> Option<Self::State> {
        None
    }
    /// Equal states give equal numbers, where the state can be hashed.
    fn fingerprint(_state: &Self::State) -> Option<u64> {
        None
    }
    /// Panics if the object is not as it must be when nothing is under way.
    fn invariant(&self) {}
    /// The user's own spec, for [`Allowed::then`]; nothing of the kind in a guarded type.
    fn spec(state: &mut Self::State) -> &mut dyn std::any::Any
    where
        Self::State: 'static,
    {
        state
    }
}

/// One `#[guarded] impl`: `N` counts them, from 0, in the order of the source.
pub trait Block<const N: usize>: Guarded {
    /// The block's operations, a [`List`] of [`Method`]s.
    type Methods: List;
    /// Public methods that cannot be explored, each with the reason.
    const LEFT_OUT: &'static [LeftOut];
}

/// A public method that the generated tests do not call.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// The method's name.
    pub method: &'static str,
    /// Why not, as a clause: "it is generic".
    pub reason: &'static str,
}

/// A type-level list: `()` or `(Head, Tail)`.
pub trait List {}
impl List for () {}
impl<H, T: List> List for (H, T) {}

/// A way to build the object without arguments, by the attribute on the impl that has the constructor.
pub trait Construct: Guarded + Sized {
    /// The constructor, as it is written: `Counter::new()`.
    const EXPRESSION: &'static str;
    /// Builds the object.
    fn construct() -> Self;
}

/// Which part of the state a call concerns, for strategies that keep it in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it, or it cannot be told.
    Whole,
    /// The part of the thread that calls.
    Own,
    /// The part of the key with this hash.
    Of(u64),
    /// None: the key's hash panics, and so does the call, before it comes to any part.
    Nowhere,
}

/// A key, whatever its type: `(&Key(&key)).part()` finds [`Hashed`] for one that is `Hash`, and otherwise, one reference
/// further, [`NotHashed`].
pub struct Key<'a, K: ?Sized>(pub &'a K);

/// The key is `Hash`.
pub trait Hashed {
    /// Where it belongs.
    fn part(&self) -> Part;
}
impl<K: std::hash::Hash + ?Sized> Hashed for Key<'_, K> {
    fn part(&self) -> Part {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crate::strategy::fixed_hash(self.0)))
            .map_or(Part::Nowhere, Part::Of)
    }
}

/// The key is not.
pub trait NotHashed {
    /// Nobody knows where it belongs.
    fn part(&self) -> Part {
        Part::Whole
    }
}
impl<K: ?Sized> NotHashed for &Key<'_, K> {}

/// One operation of `W`; the implementing type is a marker without content.
pub trait Method<W: Guarded>: 'static {
    /// The arguments as owned values, a tuple: `(K, String)` for `(key: &K, name: &str)`.
    type Input: 'static;
    /// Where the arguments come from, a tuple of [`Source`](super::argument::Source)s.
    type Sources: 'static;
    /// The result.
    type Output: 'static;
    /// The method's name.
    const NAME: &'static str;
    /// The parameters' names.
    const PARAMETERS: &'static [&'static str];
    /// Whether it takes `&mut self`.
    const EXCLUSIVE: bool;
    /// What it declares with `#[consistency(..)]`; less than linearizable only where it is not exclusive.
    const CONSISTENCY: Consistency = Consistency::Linearizable;
    /// Whether it declares that it commutes with all others that do.
    const COMMUTES: bool = false;
    /// Which part of the state a call concerns.
    fn part(_input: &Self::Input) -> Part {
        Part::Whole
    }
    /// Whether it is of mode [`Detach`](crate::strategy::Detach): a strategy that posts does not wait for it.
    const DETACHES: bool = false;
    /// Where the method is written.
    fn location() -> &'static Location<'static>;
    /// The sources of the arguments.
    fn sources() -> Self::Sources;
    /// Calls the method on the wrapper.
    fn call(wrapper: &W, input: Self::Input) -> Self::Output;
    /// Calls the method on the plain state. (Of a type written by hand, [`Method::judge`] takes its place.)
    fn apply(state: &mut W::State, input: Self::Input) -> Self::Output {
        match Self::judge(state, input).definite() {
            Some(output) => output,
            None => unreachable!("whoever has a spec with several results asks `judge`"),
        }
    }
    /// Calls the method on the specification, and says which results are legal.
    fn judge(state: &mut W::State, input: Self::Input) -> Allowed<Self::Output> {
        Allowed::only(Self::apply(state, input))
    }
    /// Whether it may wait, where the specification says that it is not enabled.
    const BLOCKING: bool = true;
    /// The groups it belongs to: of each, only one thread of a scenario calls methods.
    const SINGLE: &'static [&'static str] = &[];
    /// Which parameters are the calling thread's number in the scenario.
    const THREAD: &'static [usize] = &[];
    /// Whether the result is a failure that may come at any time, and changes nothing.
    fn spurious(_output: &Self::Output) -> bool {
        false
    }
}
