//! `AtomicPtr`.

use super::{Ordering, action, require_born_here};
use crate::explore::event::{Deed, Object, Outcome};
use crate::explore::loads;
use crate::explore::weaken::{self, Operation};
use crate::explore::world::{self, ExecutionId, Life, World};
use std::fmt;
use std::panic::Location;

/// An atomic pointer, as [`std::sync::atomic::AtomicPtr`].
pub struct AtomicPtr<T> {
    owner: ExecutionId,
    /// Its number in the execution.
    serial: usize,
    /// Ends with it: see [`Life`].
    _life: Life,
    carrier: Carrier<T>,
}

enum Carrier<T> {
    Plain(std::sync::atomic::AtomicPtr<T>),
    /// As for integers: the pointer is `base` plus loom's value. loom keeps pointers as numbers, and so do we.
    Loom {
        atomic: loads::AtomicUsize,
        base: *mut T,
    },
    Shuttle(shuttle::sync::atomic::AtomicPtr<T>),
}

// SAFETY: as std's, a pointer can be sent and shared, and what it points to is the user's affair; `base` changes only
// through `&mut`.
unsafe impl<T> Send for AtomicPtr<T> {}
// SAFETY: the same.
unsafe impl<T> Sync for AtomicPtr<T> {}

/// loom's value for a pointer.
fn part<T>(pointer: *mut T, base: *mut T) -> usize {
    pointer.expose_provenance().wrapping_sub(base.addr())
}

/// The pointer for loom's value.
fn whole<T>(part: usize, base: *mut T) -> *mut T {
    if part == 0 { base } else { std::ptr::with_exposed_provenance_mut(base.addr().wrapping_add(part)) }
}

fn show<T>(_: &*mut T) -> Outcome {
    // Addresses differ from run to run.
    Outcome::Done
}

impl<T> AtomicPtr<T> {
    /// An atomic of the execution under way.
    #[track_caller]
    pub fn new(value: *mut T) -> Self {
        let carrier = match world::current() {
            World::Std | World::Sequential => Carrier::Plain(std::sync::atomic::AtomicPtr::new(value)),
            World::Loom => Carrier::Loom {
                atomic: world::engine(|| loads::AtomicUsize::new(part(value, std::ptr::null_mut()))),
                base: std::ptr::null_mut(),
            },
            World::Shuttle => Carrier::Shuttle(shuttle::sync::atomic::AtomicPtr::new(value)),
        };
        let serial = world::serial();
        Self { owner: world::id(), serial, _life: Life::new("AtomicPtr", serial), carrier }
    }

    #[inline]
    fn operate<R>(
        &self,
        deed: Deed,
        location: &'static Location<'static>,
        describe: impl FnOnce(&R) -> Outcome,
        perform: impl FnOnce() -> R,
    ) -> R {
        let object = Object { kind: "AtomicPtr", address: self.serial };
        world::operation(object, deed, location, describe, || world::engine(perform))
    }

    /// The value.
    #[inline]
    #[track_caller]
    pub fn load(&self, ordering: Ordering) -> *mut T {
        require_born_here("AtomicPtr", self.owner);
        let location = Location::caller();
        let ordering = weaken::ordering(Operation::Load, ordering, location);
        match &self.carrier {
            Carrier::Plain(atomic) => atomic.load(ordering),
            Carrier::Loom { atomic, base } => {
                self.operate(action::load(ordering), location, show, || whole(atomic.load(ordering), *base))
            }
            Carrier::Shuttle(atomic) => self.operate(action::load(ordering), location, show, || atomic.load(ordering)),
        }
    }

    /// Sets the value.
    #[inline]
    #[track_caller]
    pub fn store(&self, value: *mut T, ordering: Ordering) {
        require_born_here("AtomicPtr", self.owner);
        let location = Location::caller();
        let ordering = weaken::ordering(Operation::Store, ordering, location);
        let show = |(): &()| Outcome::Done;
        match &self.carrier {
            Carrier::Plain(atomic) => atomic.store(value, ordering),
            Carrier::Loom { atomic, base } => {
                self.operate(action::store(ordering), location, show, || atomic.store(part(value, *base), ordering));
            }
            Carrier::Shuttle(atomic) => {
                self.operate(action::store(ordering), location, show, || atomic.store(value, ordering));
            }
        }
    }

    /// Sets the value, and gives the old one.
    #[inline]
    #[track_caller]
    pub fn swap(&self, value: *mut T, ordering: Ordering) -> *mut T {
        require_born_here("AtomicPtr", self.owner);
        let location = Location::caller();
        let ordering = weaken::ordering(Operation::Rmw, ordering, location);
        match &self.carrier {
            Carrier::Plain(atomic) => atomic.swap(value, ordering),
            Carrier::Loom { atomic, base } => self.operate(action::swap(ordering), location, show, || {
                whole(atomic.swap(part(value, *base), ordering), *base)
            }),
            Carrier::Shuttle(atomic) => {
                self.operate(action::swap(ordering), location, show, || atomic.swap(value, ordering))
            }
        }
    }

    /// Sets the value if it is `old`.
    ///
    /// # Errors
    /// If it is another, which is given.
    #[inline]
    #[track_caller]
    pub fn compare_exchange(
        &self,
        old: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        require_born_here("AtomicPtr", self.owner);
        let location = Location::caller();
        let (success, failure) = weaken::exchange(success, failure, location);
        let show = |result: &Result<*mut T, *mut T>| {
            Outcome::Value(if result.is_ok() { "exchanged" } else { "another value" }.to_owned())
        };
        match &self.carrier {
            Carrier::Plain(atomic) => atomic.compare_exchange(old, new, success, failure),
            Carrier::Loom { atomic, base } => {
                self.operate(action::compare_exchange(success, failure), location, show, || {
                    atomic
                        .compare_exchange(part(old, *base), part(new, *base), success, failure)
                        .map(|value| whole(value, *base))
                        .map_err(|value| whole(value, *base))
                })
            }
            Carrier::Shuttle(atomic) => {
                self.operate(action::compare_exchange(success, failure), location, show, || {
                    atomic.compare_exchange(old, new, success, failure)
                })
            }
        }
    }

    /// As [`Self::compare_exchange`], but may fail for no reason; in an exploration it does not.
    ///
    /// # Errors
    /// If the value is another, which is given.
    #[inline]
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        old: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        if let Carrier::Plain(atomic) = &self.carrier {
            require_born_here("AtomicPtr", self.owner);
            return atomic.compare_exchange_weak(old, new, success, failure);
        }
        self.compare_exchange(old, new, success, failure)
    }

    /// Sets the value to what `update` makes of it, as long as that is something; gives the old one.
    ///
    /// # Errors
    /// If `update` gave nothing; the value is given.
    #[inline]
    #[track_caller]
    pub fn fetch_update<F>(&self, set: Ordering, fetch: Ordering, mut update: F) -> Result<*mut T, *mut T>
    where
        F: FnMut(*mut T) -> Option<*mut T>,
    {
        let mut old = self.load(fetch);
        while let Some(new) = update(old) {
            match self.compare_exchange_weak(old, new, set, fetch) {
                Ok(old) => return Ok(old),
                Err(found) => old = found,
            }
        }
        Err(old)
    }

    /// The value, which nobody else can reach.
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut *mut T {
        require_born_here("AtomicPtr", self.owner);
        match &mut self.carrier {
            Carrier::Plain(atomic) => atomic.get_mut(),
            Carrier::Loom { atomic, base } => {
                world::engine(|| atomic.with_mut(|value| *base = whole(std::mem::take(value), *base)));
                base
            }
            Carrier::Shuttle(atomic) => atomic.get_mut(),
        }
    }

    /// The value.
    #[track_caller]
    pub fn into_inner(mut self) -> *mut T {
        *self.get_mut()
    }
}

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(std::ptr::null_mut())
    }
}

impl<T> From<*mut T> for AtomicPtr<T> {
    #[track_caller]
    fn from(value: *mut T) -> Self {
        Self::new(value)
    }
}

impl<T> fmt::Debug for AtomicPtr<T> {
    /// In an exploration it does not look: printing is not to be a step of the program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.carrier {
            Carrier::Plain(atomic) => atomic.fmt(f),
            _ => f.write_str("<explored>"),
        }
    }
}
