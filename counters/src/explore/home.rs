//! Whose an object is: one execution's, or the world's outside. Never two worlds' at once.
//!
//! A lock is only a lock if all who want it ask the same one. The facade's objects ask a different one in each world,
//! so each belongs to the world that touches it first, for as long as that lives:
//!
//! | owner | touched by | then |
//! |---|---|---|
//! | nobody | anybody | it is theirs |
//! | this execution | its threads | theirs; they are all on one OS thread |
//! | another execution, or the world outside | an execution | refused, or replaced by a copy of its own |
//! | an execution that has ended, with no guard left | the world outside | taken over |
//! | an execution under way | the world outside | refused |
//!
//! That an execution lives on one OS thread is what makes the engines' objects, which are full of `Rc` and `RefCell`,
//! safe to keep inside a `Sync` type: whoever has found himself the owner is that OS thread.

use super::native::OnceLock;
use super::native::atomic::{AtomicU32, AtomicU64, Ordering};
use super::world::{self, ExecutionId, STD, UNTOUCHED, World};
use crate::strategy::Recipe;
use std::cell::UnsafeCell;
use std::marker::PhantomData;

/// The owner of one facade object.
#[derive(Debug)]
pub struct Home {
    owner: AtomicU64,
    /// Guards alive in an execution. One that outlives it (kept in a thread-local, say) would still give access.
    guards: AtomicU32,
}

/// What came of asking for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It belongs to the execution under way.
    Mine,
    /// It belongs to this one.
    Foreign(ExecutionId),
}

impl Home {
    /// Nobody's.
    pub const fn new() -> Self {
        Self { owner: AtomicU64::new(UNTOUCHED), guards: AtomicU32::new(0) }
    }

    /// Whether it is known to belong to the world outside, and that is where we are: the fast path of every lock.
    #[inline(always)]
    pub fn is_std(&self) -> bool {
        // Acquire: with `world::take_over`'s AcqRel, what an ended execution did to the object is seen.
        world::current() == World::Std && self.owner.load(Ordering::Acquire) == STD
    }

    /// Makes the object ours, if it is nobody's or an ended execution's.
    #[inline]
    pub fn claim(&self) -> Claim {
        self.claim_or(true)
    }

    /// Makes the object ours, if it is nobody's.
    #[inline]
    pub fn claim_untouched(&self) -> Claim {
        self.claim_or(false)
    }

    #[inline]
    fn claim_or(&self, may_take_over: bool) -> Claim {
        // Before the load: see `world::take_over`.
        let me = world::claimant();
        // Acquire: as in `is_std`.
        if self.owner.load(Ordering::Acquire) == me { Claim::Mine } else { self.claim_slowly(me, may_take_over) }
    }

    #[cold]
    fn claim_slowly(&self, me: ExecutionId, may_take_over: bool) -> Claim {
        // AcqRel, Acquire: as in `is_std`; a first claim publishes nothing.
        match self.owner.compare_exchange(UNTOUCHED, me, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Claim::Mine,
            Err(owner) if owner == me => Claim::Mine,
            // Relaxed: guards are counted on the execution's OS thread, and its end is published by the lock inside.
            Err(owner)
                if me == STD
                    && may_take_over
                    && world::take_over(&self.owner, owner, || self.guards.load(Ordering::Relaxed) == 0) =>
            {
                Claim::Mine
            }
            // Somebody else on this side may have been faster.
            Err(owner) if self.owner.load(Ordering::Acquire) != me => Claim::Foreign(owner),
            Err(_) => Claim::Mine,
        }
    }

    /// Makes the object ours, or refuses the operation.
    #[track_caller]
    #[inline]
    pub fn require(&self, what: &str) {
        if let Claim::Foreign(owner) = self.claim() {
            foreign(what, owner);
        }
    }

    /// Whether the object belongs to the execution under way, and its engine can still be asked.
    pub fn can_ask(&self) -> bool {
        // Relaxed: if it is ours, we wrote it ourselves.
        !world::aborting() && self.owner.load(Ordering::Relaxed) == world::id()
    }

    /// A guard is born in an execution.
    pub fn hold(&self) {
        // Relaxed: one OS thread counts; see `claim_slowly`. A step of its own for each would cost what ten others do.
        // raceproof: allow(atomic_load_store): nobody else writes
        self.guards.store(self.guards.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// It is gone.
    pub fn let_go(&self) {
        // Relaxed: as above.
        self.guards.store(self.guards.load(Ordering::Relaxed).wrapping_sub(1), Ordering::Relaxed);
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

/// Refuses an object that belongs elsewhere.
#[cold]
#[track_caller]
pub fn foreign(what: &str, owner: ExecutionId) -> ! {
    if world::id() == STD {
        world::refuse(format_args!(
            "this `{what}` belongs to an exploration: it is under way on another thread, or has left a guard behind; an \
             object cannot be explored and used for real at the same time"
        ));
    }
    let whose = if owner == STD { "the world outside the exploration" } else { "another execution" };
    world::refuse(format_args!(
        "this `{what}` belongs to {whose}: it outlives the execution, as a `static` does, or what a scenario captures \
         from outside; create it inside the scenario, or make it a `#[guarded]` static, which is set up afresh for each \
         execution"
    ));
}

/// An engine's object, made at its first use in the execution that owns the facade's object.
#[derive(Debug)]
pub(crate) struct Slot<E>(UnsafeCell<Option<Box<E>>>);

// SAFETY: `get_or_make` is called by the owning execution alone, which is one OS thread, and no engine's object has a
// destructor that cares where it is dropped.
unsafe impl<E> Send for Slot<E> {}
// SAFETY: the same.
unsafe impl<E> Sync for Slot<E> {}

impl<E> Slot<E> {
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new(None))
    }

    /// The engine's object.
    ///
    /// # Safety
    /// The object around belongs to the execution under way on this OS thread, or has just been built by it and is not
    /// shared yet; `make` does not come back here.
    pub(crate) unsafe fn get_or_make(&self, make: impl FnOnce() -> E) -> &E {
        // SAFETY: only this OS thread comes here, nothing is called while the reference lives but `make`, and once made
        // the box is never replaced, so references to its content stay good.
        unsafe { &mut *self.0.get() }.get_or_insert_with(|| Box::new(make()))
    }

    /// The engine's object, if it has been made.
    ///
    /// # Safety
    /// As for `get_or_make`; or the caller is on the OS thread of the execution that made it, even if that has ended.
    pub(crate) unsafe fn get(&self) -> Option<&E> {
        // SAFETY: as in `get_or_make`; nothing is called while the reference to the option lives.
        unsafe { &*self.0.get() }.as_deref()
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut E> {
        self.0.get_mut().as_deref_mut()
    }
}

/// How a guarded object is set up afresh where it is not at home.
///
/// A `static` belongs to whoever touches it first. For all others it is only a recipe: each execution makes a copy of
/// its own, and the world outside makes one for good. So it starts from its initial value everywhere, and nothing that an
/// exploration does to it is seen outside.
pub struct Origin<S> {
    home: Home,
    recipe: Recipe<S>,
    outside: OnceLock<Outside>,
    /// The object's number among those that were copied, 0 before. Not its address: another object can come there.
    number: AtomicU64,
    state: PhantomData<fn() -> S>,
}

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

/// The world outside's own copy: a box, erased, with the function that frees it.
struct Outside {
    pointer: *mut (),
    free: unsafe fn(*mut ()),
}

// SAFETY: `Origin::resolve` hands it out as `&C` against a `&C` of the object's own, so who shares or sends it could
// have shared or sent that.
unsafe impl Send for Outside {}
// SAFETY: the same.
unsafe impl Sync for Outside {}

impl Drop for Outside {
    fn drop(&mut self) {
        // SAFETY: both were made from the same `Box` in `resolve`.
        unsafe { (self.free)(self.pointer) }
    }
}

impl<S> Origin<S> {
    /// The recipe makes the initial state again, where that can be done.
    pub const fn new(recipe: Recipe<S>) -> Self {
        Self { home: Home::new(), recipe, outside: OnceLock::new(), number: AtomicU64::new(0), state: PhantomData }
    }

    /// The cell to use here: the object's own, or a copy that belongs here.
    ///
    /// `C` must be the same type at every call on one object, as it is for a field beside this one.
    #[inline]
    #[track_caller]
    pub fn resolve<'a, C>(&'a self, own: &'a C, name: &'static str, build: impl FnOnce(S, Recipe<S>) -> C) -> &'a C {
        if self.home.is_std() {
            return own;
        }
        // Without a recipe an object that an ended execution used is as good as any other.
        let claim = if self.recipe.rebuild.is_some() { self.home.claim_untouched() } else { self.home.claim() };
        match (claim, self.recipe.rebuild) {
            (Claim::Mine, _) => own,
            (Claim::Foreign(owner), None) => foreign(name, owner),
            (Claim::Foreign(_), Some(rebuild)) if world::current() == World::Std => {
                let outside = self.outside.get_or_init(|| {
                    let pointer = Box::into_raw(Box::new(build(rebuild(), self.recipe))).cast::<()>();
                    unsafe fn free<C>(pointer: *mut ()) {
                        // SAFETY: made by `Box::into_raw` from a `Box<C>` just above.
                        drop(unsafe { Box::from_raw(pointer.cast::<C>()) });
                    }
                    Outside { pointer, free: free::<C> }
                });
                // SAFETY: a box of a `C`, the same type at every call, which lives as long as `self`.
                unsafe { &*outside.pointer.cast::<C>() }
            }
            (Claim::Foreign(_), Some(rebuild)) => {
                // SAFETY: the number is this object's alone, and `C` is always the same for it. The copy is used by the
                // call that asks for it, on one of the execution's threads, and outlives all of those.
                unsafe { world::copy_of(self.number(), || build(rebuild(), self.recipe)) }
            }
        }
    }

    fn number(&self) -> u64 {
        // Relaxed, here and below: a number that nothing else hangs on; the exchange makes it the same for all.
        let fresh = match self.number.load(Ordering::Relaxed) {
            0 => NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            known => return known,
        };
        match self.number.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh,
            Err(known) => known,
        }
    }
}
