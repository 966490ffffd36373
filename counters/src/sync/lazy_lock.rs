//! `LazyLock`: a [`OnceLock`] with its recipe beside it.

use super::OnceLock;
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

/// A value that is made when it is first wanted, as [`std::sync::LazyLock`].
///
/// A `static` one belongs to the first exploration that touches it, and is refused in the next.
pub struct LazyLock<T, F = fn() -> T> {
    value: OnceLock<T>,
    /// Nothing once it has been run, whether it has come to a value or to a panic.
    recipe: Cell<Option<F>>,
}

// SAFETY: as std's. `recipe` is touched only inside `OnceLock::get_or_init`, by one thread at a time, each ordered after
// the one before; so it must be possible to send `F`. The value is shared as the `OnceLock` shares it.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// A value to be made by `recipe`.
    pub const fn new(recipe: F) -> Self {
        Self { value: OnceLock::new(), recipe: Cell::new(Some(recipe)) }
    }

    /// The value, made now if it has not been; others who want it wait meanwhile.
    ///
    /// # Panics
    /// If making it panics, or has panicked.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        this.value.get_or_init(|| match this.recipe.take() {
            Some(recipe) => recipe(),
            None => panic!("LazyLock instance has previously been poisoned"),
        })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        Self::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LazyLock").field(&self.value).finish()
    }
}
