//! What a specification may answer, for types whose synchronisation was written by hand ([`concurrent`](crate::concurrent)).
//!
//! A spec is a plain struct with methods of the same names. Most return what the method has to return, and need nothing
//! from here. The others return [`Allowed`]: nothing *now*, one of several results, or whatever a predicate accepts. None
//! of this runs in a shipping build: the types are here so that a spec compiles in every build.

use std::any::Any;
use std::fmt;

/// What a call may return in the state that the spec is in.
///
/// ```
/// use raceproof::spec::Allowed;
///
/// /// A bag gives back any of its items.
/// #[derive(Clone, Default)]
/// struct Bag { items: Vec<u8> }
///
/// impl Bag {
///     fn put(&mut self, item: u8) { self.items.push(item); }
///     /// Several results are legal, and the state depends on which one it was.
///     fn take(&mut self) -> Allowed<Option<u8>> {
///         if self.items.is_empty() {
///             return Allowed::only(None);
///         }
///         Allowed::then(|bag: &mut Self, seen: &Option<u8>| {
///             let found = bag.items.iter().position(|item| Some(*item) == *seen);
///             found.map(|at| bag.items.swap_remove(at)).is_some()
///         })
///     }
///     /// Waits while there is nothing.
///     fn wait(&mut self) -> Allowed<()> {
///         if self.items.is_empty() { Allowed::not_now() } else { Allowed::only(()) }
///     }
/// }
/// ```
pub struct Allowed<T>(Set<T>);

/// Judges a result, and may change the state by it.
type Step<T> = Box<dyn FnOnce(&mut dyn Any, &T) -> Option<bool>>;

enum Set<T> {
    Only(T),
    NotNow,
    OneOf(Vec<T>),
    When(Box<dyn FnOnce(&T) -> bool>),
    Then(Step<T>),
}

impl<T> Allowed<T> {
    /// This result and no other.
    pub fn only(result: T) -> Self {
        Self(Set::Only(result))
    }

    /// None: the call has to wait until another call changes the state. The state must be left as it was.
    pub fn not_now() -> Self {
        Self(Set::NotNow)
    }

    /// Any of these. The state that the spec's method leaves holds for each; where it depends on the result, see
    /// [`Allowed::then`]. None of none is [`Allowed::not_now`].
    pub fn one_of(results: impl IntoIterator<Item = T>) -> Self {
        Self(Set::OneOf(results.into_iter().collect()))
    }

    /// Any result for which `accepts` says so. As with [`Allowed::one_of`], the state does not depend on the result.
    pub fn when(accepts: impl FnOnce(&T) -> bool + 'static) -> Self {
        Self(Set::When(Box::new(accepts)))
    }

    /// Any result that `step` accepts; `step` changes the spec as that result says. What it did to the spec does not count
    /// if it returns false.
    pub fn then<S: 'static>(step: impl FnOnce(&mut S, &T) -> bool + 'static) -> Self {
        Self(Set::Then(Box::new(move |spec, result| spec.downcast_mut::<S>().map(|spec| step(spec, result)))))
    }

    /// The verdict on a result, `None` where the call has not returned.
    #[doc(hidden)]
    pub fn judge(self, spec: &mut dyn Any, seen: Option<&T>, equal: impl Fn(&T, &T) -> bool) -> Judged<T> {
        let verdict = |accepted: bool| if accepted { Judged::Accepted } else { Judged::Refused };
        match (self.0, seen) {
            (Set::Only(result), _) => Judged::Returns(result),
            (Set::NotNow, _) => Judged::NotNow,
            (Set::OneOf(results), _) if results.is_empty() => Judged::NotNow,
            (Set::OneOf(_) | Set::When(_), None) => Judged::Accepted,
            (Set::OneOf(results), Some(seen)) if results.iter().any(|result| equal(result, seen)) => Judged::Accepted,
            // For the report: one of those that would have been right.
            (Set::OneOf(results), Some(_)) => results.into_iter().next().map_or(Judged::NotNow, Judged::Returns),
            (Set::When(accepts), Some(seen)) => verdict(accepts(seen)),
            (Set::Then(_), None) => Judged::Open,
            (Set::Then(step), Some(seen)) => step(spec, seen).map_or(Judged::OtherSpec, verdict),
        }
    }

    /// Whether there is one result, whatever was seen.
    #[doc(hidden)]
    pub fn is_definite(&self) -> bool {
        matches!(self.0, Set::Only(_))
    }

    /// The same, where only one result is looked for: results that cannot be compared.
    #[doc(hidden)]
    pub fn definite(self) -> Option<T> {
        match self.0 {
            Set::Only(result) => Some(result),
            _ => None,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Allowed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Set::Only(result) => write!(f, "Allowed::only({result:?})"),
            Set::NotNow => f.write_str("Allowed::not_now()"),
            Set::OneOf(results) => write!(f, "Allowed::one_of({results:?})"),
            Set::When(_) => f.write_str("Allowed::when(..)"),
            Set::Then(_) => f.write_str("Allowed::then(..)"),
        }
    }
}

/// The verdict on one result.
#[doc(hidden)]
#[derive(Debug, PartialEq, Eq)]
pub enum Judged<T> {
    /// The spec returns this, whatever was seen.
    Returns(T),
    /// What was seen is legal. (Or nothing was seen yet, and something would be.)
    Accepted,
    /// It is not, and no one result stands for what is.
    Refused,
    /// The call would wait.
    NotNow,
    /// The state depends on a result that has not been seen.
    Open,
    /// `Allowed::then` was written for another type than the spec's.
    OtherSpec,
}

/// What the spec's method returns, read as what the method may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "RP0056: the spec's method returns `{Self}`, and this one `{T}`",
    label = "the spec's method of this name returns something else",
    note = "let the spec return `{T}`, or `raceproof::spec::Allowed<{T}>` where several results are legal; a method that \
            waits says `#[blocking]`, and its spec may return `Option<{T}>`"
)]
pub trait Answer<T> {
    /// As a set of results.
    fn answer(self) -> Allowed<T>;
}

impl<T> Answer<T> for T {
    fn answer(self) -> Allowed<T> {
        Allowed::only(self)
    }
}

impl<T> Answer<T> for Allowed<T> {
    fn answer(self) -> Allowed<T> {
        self
    }
}

/// The same for a method that waits: `None` is "not now".
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "RP0056: the spec's method returns `{Self}`, and this one `{T}`",
    label = "the spec's method of this name returns something else",
    note = "of a `#[blocking]` method the spec returns `Option<{T}>`, `None` while it waits; or `{T}`, or \
            `raceproof::spec::Allowed<{T}>`"
)]
pub trait Waits<T> {
    /// As a set of results.
    fn answer(self) -> Allowed<T>;
}

impl<T> Waits<T> for T {
    fn answer(self) -> Allowed<T> {
        Allowed::only(self)
    }
}

impl<T> Waits<T> for Option<T> {
    fn answer(self) -> Allowed<T> {
        self.map_or_else(Allowed::not_now, Allowed::only)
    }
}

impl<T> Waits<T> for Allowed<T> {
    fn answer(self) -> Allowed<T> {
        self
    }
}

/// A spec that can be put back to what it was: a spurious failure changes nothing.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "RP0057: the spec `{Self}` has no `Clone`, which `#[spurious]` needs",
    label = "this method may fail spuriously, and leaves the spec as it was",
    note = "write `#[derive(Clone)]` on `{Self}`"
)]
pub trait PutBack {}
impl<S: Clone> PutBack for S {}

#[cfg(test)]
mod tests {
    use super::{Allowed, Answer, Judged, Waits};

    fn judge(allowed: Allowed<u8>, seen: Option<u8>) -> Judged<u8> {
        allowed.judge(&mut 0u32, seen.as_ref(), u8::eq)
    }

    #[test]
    fn each_set_accepts_what_is_in_it_and_nothing_else() {
        assert_eq!(judge(Allowed::only(3), Some(4)), Judged::Returns(3));
        assert_eq!(judge(Allowed::not_now(), Some(4)), Judged::NotNow);
        assert_eq!(judge(Allowed::one_of([1, 2]), Some(2)), Judged::Accepted);
        assert_eq!(judge(Allowed::one_of([1, 2]), Some(3)), Judged::Returns(1));
        assert_eq!(judge(Allowed::one_of([]), Some(3)), Judged::NotNow);
        assert_eq!(judge(Allowed::when(|seen| *seen > 2), Some(3)), Judged::Accepted);
        assert_eq!(judge(Allowed::when(|seen| *seen > 2), Some(2)), Judged::Refused);
    }

    #[test]
    fn a_step_changes_the_spec_and_knows_whose_it_is() {
        let mut given = vec![1u8];
        let next = || {
            Allowed::then(|given: &mut Vec<u8>, seen: &u8| {
                let fresh = !given.contains(seen);
                given.push(*seen);
                fresh
            })
        };
        assert_eq!(next().judge(&mut given, Some(&2), u8::eq), Judged::Accepted);
        assert_eq!(next().judge(&mut given, Some(&2), u8::eq), Judged::Refused);
        assert_eq!(next().judge(&mut 0u32, Some(&2), u8::eq), Judged::OtherSpec);
        assert_eq!(next().judge(&mut given, None, u8::eq), Judged::Open, "its effect is not known yet");
    }

    #[test]
    fn what_waits_may_say_so_by_none() {
        assert!(Allowed::only(3).is_definite() && !Allowed::one_of([3]).is_definite());
        assert_eq!(Waits::<u8>::answer(None::<u8>).definite(), None);
        assert_eq!(Waits::<u8>::answer(Some(1u8)).definite(), Some(1));
        assert_eq!(Waits::<Option<u8>>::answer(None::<u8>).definite(), Some(None), "the result itself is an option");
        assert_eq!(Answer::<Option<u8>>::answer(Some(2u8)).definite(), Some(Some(2)));
    }
}
