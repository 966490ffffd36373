//! A type written by hand, as the explorer sees it: its spec stands where a guarded type has its hidden state.
//!
//! The spec's own type may be less visible than the object, so it is behind a box, with what can be asked of it beside.

use crate::strategy::{Named, OnPanic, Strategy};
use std::any::Any;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// Copies a spec.
pub type Copier = fn(&dyn Any) -> Box<dyn Any>;
/// Equal specs give equal numbers.
pub type Fingerprint = fn(&dyn Any) -> u64;

/// A spec in some state.
pub struct Spec {
    state: Box<dyn Any>,
    copier: Option<Copier>,
    fingerprint: Option<Fingerprint>,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spec").finish_non_exhaustive()
    }
}

impl Spec {
    /// A spec, and what can be asked of it.
    pub fn new<S: 'static>(spec: S, copier: Option<Copier>, fingerprint: Option<Fingerprint>) -> Self {
        Self { state: Box::new(spec), copier, fingerprint }
    }

    /// The user's own struct.
    pub fn get<S: 'static>(&mut self) -> &mut S {
        match self.state.downcast_mut() {
            Some(spec) => spec,
            None => unreachable!("the attribute names one spec for one type"),
        }
    }

    /// The same, for what does not know its type.
    pub fn any(&mut self) -> &mut dyn Any {
        &mut *self.state
    }

    /// The spec once more, where it is `Clone`.
    pub fn copy(&self) -> Option<Self> {
        let copier = self.copier?;
        Some(Self { state: copier(&*self.state), copier: self.copier, fingerprint: self.fingerprint })
    }

    /// The state as a number, where it is `Hash`.
    pub fn fingerprint(&self) -> Option<u64> {
        self.fingerprint.map(|fingerprint| fingerprint(&*self.state))
    }
}

impl Named for Spec {
    const NAME: &'static str = "spec";
}

/// Stands where a guarded type has its strategy: there is none, the object's own code is what is explored.
pub enum ByHand {}

impl Strategy<Spec> for ByHand {
    // Nothing is ever kept by this strategy.
    type Cell = std::convert::Infallible;
    // What a panic does to the object is the object's own business, and the spec's.
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: false, shared_poisons: false };
    fn into_state(cell: Self::Cell) -> Spec {
        match cell {}
    }
    fn is_poisoned(cell: &Self::Cell) -> bool {
        match *cell {}
    }
    fn clear_poison(cell: &Self::Cell) {
        match *cell {}
    }
}

/// Asks of one concrete spec what it can do; see `raceproof_test`'s probes for how this works.
pub struct Ask<S>(PhantomData<fn() -> S>);

impl<S> Ask<S> {
    /// The question.
    pub const NEW: Self = Self(PhantomData);
}

/// It has a `Clone`.
pub trait Copies {
    /// How to copy it.
    fn copier(&self) -> Option<Copier>;
}
impl<S: Clone + 'static> Copies for Ask<S> {
    fn copier(&self) -> Option<Copier> {
        Some(|spec| match spec.downcast_ref::<S>() {
            Some(spec) => Box::new(spec.clone()),
            None => unreachable!("the attribute names one spec for one type"),
        })
    }
}

/// It has none.
pub trait CopiesNot {
    /// No way.
    fn copier(&self) -> Option<Copier> {
        None
    }
}
impl<S> CopiesNot for &Ask<S> {}

/// It has a `Hash`.
pub trait Hashes {
    /// How to number its states.
    fn fingerprint(&self) -> Option<Fingerprint>;
}
impl<S: Hash + 'static> Hashes for Ask<S> {
    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(|spec| match spec.downcast_ref::<S>() {
            Some(spec) => {
                // The same keys in every run, so that what is explored is the same.
                let mut hasher = DefaultHasher::new();
                spec.hash(&mut hasher);
                hasher.finish()
            }
            None => unreachable!("the attribute names one spec for one type"),
        })
    }
}

/// It has none.
pub trait HashesNot {
    /// No way.
    fn fingerprint(&self) -> Option<Fingerprint> {
        None
    }
}
impl<S> HashesNot for &Ask<S> {}
