//! The plain struct as the sequential specification; of a type written by hand, the user's spec.
//!
//! Each operation runs on the plain state, in the sequential world: a guarded type inside the state, or a lock, works
//! there without threads. What a panic does to the object is the strategy's: it is part of the specification.

use super::{Inner, Operation, Outcome};
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::subject::Part;
use raceproof::explore::world::{self, ExecutionId};
use std::any::Any;
use std::collections::BTreeMap;

/// In the sequential world, with every strategy whole: a guarded object inside the plain state is no mutant, even where
/// the specification judges one.
fn whole<R>(id: ExecutionId, body: impl FnOnce() -> R) -> (R, bool) {
    mutation::within(None, || world::sequential(id, body))
}

/// A state of the specification.
pub(crate) struct Specification {
    inner: Arc<Inner>,
    id: ExecutionId,
    state: Box<dyn Any>,
    poison: Poison,
}

/// What panics have left of the object.
#[derive(Clone, Default)]
struct Poison {
    /// Whether there is any.
    is_somewhere: bool,
    /// The method whose panic poisoned all of it.
    whole: Option<&'static str>,
    /// Of a state in parts: the keys' parts that are poisoned, in their order, each with the method.
    parts: BTreeMap<usize, &'static str>,
    /// Of a state in parts: a method on the part of its thread has panicked. Whose part that is nobody knows, so it
    /// poisons those of all threads.
    own: Option<&'static str>,
}

impl Poison {
    /// Who is to blame if a call that concerns this part meets poison.
    fn by(&self, part: Part, of: Option<fn(u64) -> usize>) -> Option<&'static str> {
        let beside = match (part, of) {
            (Part::Of(hash), Some(of)) => self.parts.get(&of(hash)).copied(),
            (Part::Own, _) => self.own,
            (Part::Nowhere, Some(_)) => return None,
            _ => self.parts.values().next().copied().or(self.own),
        };
        beside.or(self.whole)
    }

    fn add(&mut self, part: Part, of: Option<fn(u64) -> usize>, by: &'static str) {
        self.is_somewhere = true;
        match (part, of) {
            (Part::Of(hash), Some(of)) => _ = self.parts.insert(of(hash), by),
            (Part::Own, Some(_)) => self.own = Some(by),
            (Part::Nowhere, Some(_)) => {}
            _ => self.whole = Some(by),
        }
    }
}

impl Specification {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        let id = world::fresh_id();
        let build = match &inner.build_state {
            Some(build) => Arc::clone(build),
            None => unreachable!("an obstacle is looked for before anything is built"),
        };
        let (state, _) = whole(id, || build());
        Self { inner, id, state, poison: Poison::default() }
    }

    /// The state, once more; `None` where it has no `Clone`.
    pub(crate) fn snapshot(&self) -> Option<Self> {
        let clone = self.inner.clone_state?;
        let (state, touched) = whole(self.id, || clone(&*self.state));
        let state = state?;
        // A clone that goes through a lock may share what is behind it.
        (!touched).then(|| Self { inner: Arc::clone(&self.inner), id: self.id, state, poison: self.poison.clone() })
    }

    /// The state as a number: equal states give equal ones. `None` where it has no `Hash`.
    pub(crate) fn fingerprint(&self) -> Option<u64> {
        let fingerprint = self.inner.fingerprint?;
        let (number, touched) = whole(self.id, || fingerprint(&*self.state));
        number.filter(|_| !touched)
    }

    /// Applies an operation whose result is not known, or does not matter; see [`Self::step`].
    pub(crate) fn apply(&mut self, operation: &dyn Operation) -> (Outcome, bool) {
        self.step(operation, None)
    }

    /// Applies an operation that returned `seen`, if it has returned. What comes back equals `seen` exactly where the
    /// specification allows it. Says also whether the facade was touched: then the state may change behind a `&self` method.
    ///
    /// A failure that may come at any time changes nothing; one that the specification itself gives counts as that.
    pub(crate) fn step(&mut self, operation: &dyn Operation, seen: Option<Outcome>) -> (Outcome, bool) {
        let Some(failure) = seen.filter(|seen| operation.spurious(*seen)) else { return self.run(operation, seen) };
        let before = self.snapshot();
        let (outcome, touched) = self.run(operation, seen);
        match before {
            _ if outcome == failure => (outcome, touched),
            Some(before) => {
                *self = before;
                (failure, touched)
            }
            // It was a failure, and what it left cannot be undone.
            None => (Outcome::OPEN, touched),
        }
    }

    fn run(&mut self, operation: &dyn Operation, seen: Option<Outcome>) -> (Outcome, bool) {
        if self.poison.is_somewhere
            && let Some(by) = self.poison.by(operation.part(), self.inner.part)
        {
            if let Some(nothing) = operation.posted() {
                return (nothing, false);
            }
            let message = raceproof::explore::poison_message(self.inner.state_name, Some(by));
            return (operation.panic_with(message), false);
        }
        let on_panic = self.inner.on_panic;
        // A strategy that rolls back keeps its state by value, so it can be copied.
        let rolls_back = !on_panic.exclusive_poisons && !self.inner.by_hand && operation.exclusive();
        let before = rolls_back.then(|| self.snapshot()).flatten();
        let (outcome, touched) = whole(self.id, || operation.step(&mut *self.state, seen));
        if outcome.panicked() {
            let poisons = if operation.exclusive() { on_panic.exclusive_poisons } else { on_panic.shared_poisons };
            if poisons {
                self.poison.add(operation.part(), self.inner.part, operation.name());
            } else if let Some(before) = before {
                *self = before;
            }
            // Its caller has gone on, and hears of it only from the next call that waits.
            return (operation.posted().unwrap_or(outcome), touched);
        }
        (outcome, touched)
    }
}

impl Drop for Specification {
    fn drop(&mut self) {
        // A state may own facade objects whose destructors ask which world they are in.
        let state = std::mem::replace(&mut self.state, Box::new(()));
        whole(self.id, || drop(state));
    }
}
