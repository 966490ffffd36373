//! Which method's panic poisoned an object: for the message of the calls that come after.

use super::native::atomic::{AtomicPtr, Ordering::Relaxed};

/// Remembers a method's name. No engine sees it: it is part of a message, not of the type.
pub struct Blame {
    method: AtomicPtr<&'static str>,
}

impl Blame {
    /// Nobody is to blame.
    #[expect(clippy::new_without_default, reason = "a cell of a strategy has no default")]
    pub const fn new() -> Self {
        Self { method: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// Runs `body`; if it unwinds, the method is to blame.
    #[inline(always)]
    pub fn watch<R>(&self, method: &'static &'static str, body: impl FnOnce() -> R) -> R {
        struct Watch<'a>(&'a Blame, &'static &'static str);
        impl Drop for Watch<'_> {
            fn drop(&mut self) {
                self.0.blame(self.1);
            }
        }
        let watch = Watch(self, method);
        let result = body();
        std::mem::forget(watch);
        result
    }

    /// The method is to blame.
    pub fn blame(&self, method: &'static &'static str) {
        // Relaxed: the poisoned lock orders it before whoever asks.
        self.method.store(std::ptr::from_ref(method).cast_mut(), Relaxed);
    }

    /// The method is to blame, unless another one is already: whether it is the first. `_first` settles that where
    /// nobody keeps names.
    pub fn claim(&self, method: &'static &'static str, _first: impl FnOnce() -> bool) -> bool {
        let method = std::ptr::from_ref(method).cast_mut();
        // Relaxed: as in `blame`. Before what tells others of the panic, so that they know whose it was.
        let first = self.method.compare_exchange(std::ptr::null_mut(), method, Relaxed, Relaxed).is_ok();
        _first();
        first
    }

    /// Nobody is to blame any more.
    pub fn forget(&self) {
        // Relaxed: as in `blame`.
        self.method.store(std::ptr::null_mut(), Relaxed);
    }

    /// The method, if one is to blame.
    pub fn method(&self) -> Option<&'static str> {
        // Relaxed: as above.
        let method = self.method.load(Relaxed);
        // SAFETY: only `watch` stores here, and what it stores is a `&'static &'static str`.
        unsafe { method.as_ref() }.copied()
    }
}
