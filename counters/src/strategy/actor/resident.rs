//! Who lives in an actor: the state, and whether a panic has left it in doubt. Only the owner ever touches it.
//!
//! In an exploration every access is told to the engine, so a mailbox that let two owners in would be found as a race.

use super::super::hidden::poisoned;
use super::super::op::{Named, Op};
use crate::thread::catch;
use std::any::Any;
use std::panic::resume_unwind;

/// The state, and the method whose panic poisoned it.
pub(super) struct Resident<S> {
    pub(super) state: S,
    /// A reference to the name, which takes half the room of the name.
    pub(super) poisoned_by: Option<&'static &'static str>,
}

/// Throws away what a method panicked with when nobody waited for it: to drop it may panic once more.
#[cold]
pub(super) fn unheard(payload: Box<dyn Any + Send>) {
    if let Err(payload) = catch(|| drop(payload)) {
        std::mem::forget(payload);
    }
}

/// Lets go of an operation that is not run. In a net: nothing may unwind from a message that is waited for, and arguments
/// may panic as they go.
#[cold]
#[inline(never)]
fn refused<O, R>(op: O, by: &'static &'static str) -> Reply<R> {
    if let Err(payload) = catch(|| drop(op)) {
        unheard(payload);
    }
    Reply::Poisoned(by)
}

/// What came of a message, for the caller who waits.
pub(super) enum Reply<R> {
    Done(R),
    /// The method panicked, with this.
    Panicked(Box<dyn Any + Send>),
    /// An earlier one had: this one was not run.
    Poisoned(&'static str),
    /// There is no owner who could run it.
    Nobody,
}

impl<S> Resident<S> {
    pub(super) const fn new(state: S) -> Self {
        Self { state, poisoned_by: None }
    }

    /// Runs one operation, unless the state is in doubt.
    #[inline]
    pub(super) fn run<O: Op<S>>(&mut self, op: O) -> Reply<O::Out> {
        if let Some(by) = self.poisoned_by {
            return refused(op, by);
        }
        match catch(|| op.run(&mut self.state)) {
            Ok(out) => Reply::Done(out),
            Err(payload) => {
                self.poisoned_by = Some(&O::NAME);
                Reply::Panicked(payload)
            }
        }
    }
}

impl<S> Resident<S> {
    /// Runs an operation for which nobody waits, unless the state is in doubt. Its panic goes on to whoever works, when it
    /// has poisoned the state: the next who asks hears of it.
    #[inline]
    pub(super) fn run_unheard<O: Op<S>>(&mut self, op: O) {
        if self.poisoned_by.is_none() {
            // Until it has come back.
            self.poisoned_by = Some(&O::NAME);
            op.run(&mut self.state);
            self.poisoned_by = None;
        }
    }
}

/// Where a resident lives that has no memory of its own: behind a `const fn new`, in every build.
pub(super) struct Rooms<T> {
    /// The engine's witness, born when the first owner enters: all that come after are ordered after him.
    #[cfg(feature = "explore")]
    witness: crate::explore::home::Slot<crate::cell::UnsafeCell<()>>,
    content: std::cell::UnsafeCell<T>,
}

impl<T> Rooms<T> {
    pub(super) const fn new(content: T) -> Self {
        Self {
            #[cfg(feature = "explore")]
            witness: crate::explore::home::Slot::new(),
            content: std::cell::UnsafeCell::new(content),
        }
    }

    /// Lets the owner in.
    ///
    /// # Safety
    /// The caller works at the mailbox, and `body` does not come here again.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn enter<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: there is one who works, by the caller's promise, so this is the only reference.
        let enter = || body(unsafe { &mut *self.content.get() });
        #[cfg(feature = "explore")]
        if crate::explore::world::simulates() {
            // SAFETY: whoever works has been at the mailbox's head, which belongs to this execution and to no other.
            let witness = unsafe { self.witness.get_or_make(|| crate::cell::UnsafeCell::new(())) };
            return witness.with_mut(|_| enter());
        }
        enter()
    }

    pub(super) fn into_inner(self) -> T {
        self.content.into_inner()
    }
}

impl<R> Reply<R> {
    /// The result, for the caller; or the panic, now his.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn unwrap<S: Named>(self) -> R {
        match self {
            Self::Done(result) => result,
            Self::Panicked(payload) => resume_unwind(payload),
            Self::Poisoned(by) => poisoned::<S>(Some(by)),
            Self::Nobody => panic!("`{}` has no owner: the operating system would not start its thread", S::NAME),
        }
    }
}
