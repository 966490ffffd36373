//! An atomic pointer behind a `const fn new`, in every build: loom's own atomics cannot be made in a constant.

use crate::sync::atomic::Ordering;
use std::ptr::null_mut;

#[cfg(not(feature = "explore"))]
type Inner<T> = crate::sync::atomic::AtomicPtr<T>;

/// The pointer, null at first.
pub(super) struct Pointer<T> {
    #[cfg(not(feature = "explore"))]
    inner: Inner<T>,
    #[cfg(feature = "explore")]
    inner: crate::explore::late::LateWord,
    #[cfg(feature = "explore")]
    pointer: std::marker::PhantomData<*mut T>,
}

impl<T> Pointer<T> {
    /// Null.
    pub(super) const fn new() -> Self {
        Self {
            #[cfg(not(feature = "explore"))]
            inner: Inner::new(null_mut()),
            #[cfg(feature = "explore")]
            inner: crate::explore::late::LateWord::null(),
            #[cfg(feature = "explore")]
            pointer: std::marker::PhantomData,
        }
    }

    /// The pointer in it.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn load(&self, ordering: Ordering) -> *mut T {
        #[cfg(not(feature = "explore"))]
        return self.inner.load(ordering);
        #[cfg(feature = "explore")]
        return pointer(self.inner.load(ordering));
    }

    /// Sets it if it is `old`; otherwise gives what it is. Never fails for no reason.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn exchange(
        &self,
        old: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<(), *mut T> {
        #[cfg(not(feature = "explore"))]
        return self.inner.compare_exchange(old, new, success, failure).map(|_| ());
        #[cfg(feature = "explore")]
        loop {
            // Outside explorations the weak exchange may fail for no reason.
            match self.inner.compare_exchange_weak(number(old), number(new), success, failure) {
                Ok(_) => return Ok(()),
                Err(found) if found == number(old) => {}
                Err(found) => return Err(pointer(found)),
            }
        }
    }

    /// Whether the engine that this object belongs to can still be asked. What ships has no engine.
    pub(super) fn can_ask(&self) -> bool {
        #[cfg(not(feature = "explore"))]
        return true;
        #[cfg(feature = "explore")]
        return !crate::thread::given_up() && self.inner.can_ask();
    }

    /// The pointer, which nobody else can reach.
    pub(super) fn peek(&mut self) -> *mut T {
        #[cfg(not(feature = "explore"))]
        return *self.inner.get_mut();
        #[cfg(feature = "explore")]
        return pointer(self.inner.latest());
    }

    /// The same, and leaves null.
    pub(super) fn take(&mut self) -> *mut T {
        #[cfg(not(feature = "explore"))]
        return std::mem::replace(self.inner.get_mut(), null_mut());
        #[cfg(feature = "explore")]
        {
            let taken = self.peek();
            let _ = self.can_ask() && self.exchange(taken, null_mut(), Ordering::Relaxed, Ordering::Relaxed).is_ok();
            taken
        }
    }
}

#[cfg(feature = "explore")]
fn number<T>(pointer: *mut T) -> u64 {
    pointer.expose_provenance() as u64
}

#[cfg(feature = "explore")]
fn pointer<T>(number: u64) -> *mut T {
    std::ptr::with_exposed_provenance_mut(usize::try_from(number).expect("a pointer was put in"))
}
