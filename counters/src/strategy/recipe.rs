//! How the state of an object can be made again, as far as the impl that made it shows.
//!
//! Two questions want the answer: a `static` is set up afresh for each explored execution, and a strategy that keeps the
//! state in parts needs a neutral state for all parts but the first. What is known is told twice, as a value and as a
//! type, so that a strategy that cannot do without refuses to compile.

use std::marker::PhantomData;

/// How to make the state again. `N` is [`Known`] where a neutral state can be made.
pub struct Recipe<S, N = ()> {
    /// Makes the very state that this object was made of.
    pub(crate) rebuild: Option<fn() -> S>,
    /// Makes the state of an object on which nothing has happened.
    pub(crate) neutral: Option<fn() -> S>,
    known: PhantomData<N>,
}

impl<S, N> Clone for Recipe<S, N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, N> Copy for Recipe<S, N> {}

/// A neutral state can be made.
pub enum Known {}

/// Whether a neutral state can be made: only [`Known`] says so.
#[diagnostic::on_unimplemented(
    message = "RP0040: nothing here says what a neutral state is, and all parts of a `sharded` state but the first begin with one",
    label = "no neutral state is known for this object",
    note = "derive `Default` below `#[guarded(sharded)]`, or write a constructor without arguments (`pub fn new() -> Self`) in this impl"
)]
pub trait Neutral {}
impl Neutral for Known {}

impl<S> Recipe<S, Known> {
    /// The object was made by this function, which anyone can call again.
    pub const fn again(rebuild: fn() -> S) -> Self {
        Self { rebuild: Some(rebuild), neutral: Some(rebuild), known: PhantomData }
    }

    /// The object was made in a way that cannot be repeated, and this function makes a neutral state.
    pub const fn beside(neutral: fn() -> S) -> Self {
        Self { rebuild: None, neutral: Some(neutral), known: PhantomData }
    }
}

impl<S> Recipe<S> {
    /// The object was made in a way that cannot be repeated.
    pub const fn once() -> Self {
        Self { rebuild: None, neutral: None, known: PhantomData }
    }
}

impl<S, N> Recipe<S, N> {
    /// The same, where a better neutral state is known: that of `Default`.
    pub const fn with_neutral(self, neutral: fn() -> S) -> Recipe<S, Known> {
        Recipe { rebuild: self.rebuild, neutral: Some(neutral), known: PhantomData }
    }

    /// The value alone.
    pub const fn unmarked(self) -> Recipe<S> {
        Recipe { rebuild: self.rebuild, neutral: self.neutral, known: PhantomData }
    }
}
