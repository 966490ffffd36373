//! What a strategy makes at its first call, since a `const fn new` cannot: once, whoever calls first, and seen whole by all.
//!
//! What ships is a `OnceLock` and nothing else. In an exploration it can be told to be one of the two mistakes that people
//! make in its place: a flag that says "made" and orders nothing (`FirstUseUnordered`), and a look followed by a making,
//! which two can do at once (`FirstUseTwice`).

#[cfg(feature = "explore")]
use super::mutation::{Mutation, broken};
use crate::sync::OnceLock;
#[cfg(feature = "explore")]
use mistakes::Mistakes;

/// A value that is made at its first use.
pub(super) struct FirstUse<T> {
    made: OnceLock<T>,
    #[cfg(feature = "explore")]
    mistakes: Mistakes<T>,
}

impl<T> FirstUse<T> {
    pub(super) const fn new() -> Self {
        Self {
            made: OnceLock::new(),
            #[cfg(feature = "explore")]
            mistakes: Mistakes::new(),
        }
    }

    /// It, if it has been made.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn get(&self) -> Option<&T> {
        #[cfg(feature = "explore")]
        if broken(Mutation::FirstUseTwice) {
            return self.mistakes.get_either(&self.made);
        } else if broken(Mutation::FirstUseUnordered) {
            return self.mistakes.get_by_a_flag(&self.made);
        }
        self.made.get()
    }

    /// It, made by `make` if it is not there.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn get_or_make(&self, make: impl FnOnce() -> T) -> &T {
        #[cfg(feature = "explore")]
        if broken(Mutation::FirstUseTwice) {
            return self.mistakes.make_either(&self.made, make);
        } else if broken(Mutation::FirstUseUnordered) {
            return self.mistakes.make_with_a_flag(&self.made, make);
        }
        self.made.get_or_init(make)
    }

    pub(super) fn into_inner(self) -> Option<T> {
        #[cfg(feature = "explore")]
        if let Some(later) = self.mistakes.into_inner() {
            return Some(later);
        }
        self.made.into_inner()
    }
}

#[cfg(feature = "explore")]
mod mistakes {
    use crate::cell::UnsafeCell;
    use crate::explore::home::Slot;
    use crate::explore::late::LateWord;
    use crate::sync::OnceLock;
    use crate::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

    /// What the two mistakes need beside the value.
    pub(super) struct Mistakes<T> {
        /// How many have made it.
        makers: LateWord,
        /// What the second maker has made.
        again: OnceLock<T>,
        /// Stands for the value, so that the engine knows of an access that nothing orders.
        witness: Slot<UnsafeCell<()>>,
    }

    impl<T> Mistakes<T> {
        pub(super) const fn new() -> Self {
            Self { makers: LateWord::new(0), again: OnceLock::new(), witness: Slot::new() }
        }

        pub(super) fn into_inner(self) -> Option<T> {
            self.again.into_inner()
        }

        /// Of two that were made, the later one.
        #[track_caller]
        pub(super) fn get_either<'a>(&'a self, first: &'a OnceLock<T>) -> Option<&'a T> {
            // Acquire: the order is right, only the look and the making are two steps.
            match self.makers.load(Acquire) {
                0 => None,
                1 => first.get(),
                _ => self.again.get(),
            }
        }

        #[track_caller]
        pub(super) fn make_either<'a>(&'a self, first: &'a OnceLock<T>, make: impl FnOnce() -> T) -> &'a T {
            // AcqRel: as above.
            if self.makers.fetch_add(1, AcqRel) == 0 { first.get_or_init(make) } else { self.again.get_or_init(make) }
        }

        /// What is there if the flag says so, which orders nothing.
        #[track_caller]
        pub(super) fn get_by_a_flag<'a>(&'a self, made: &'a OnceLock<T>) -> Option<&'a T> {
            // Relaxed: that is the mistake.
            if self.makers.load(Relaxed) == 0 {
                return None;
            }
            self.witness().with(|_| ());
            made.get()
        }

        #[track_caller]
        pub(super) fn make_with_a_flag<'a>(&'a self, made: &'a OnceLock<T>, make: impl FnOnce() -> T) -> &'a T {
            let value = made.get_or_init(|| {
                let value = make();
                self.witness().with_mut(|_| ());
                value
            });
            // Relaxed: that is the mistake.
            self.makers.fetch_add(1, Relaxed);
            value
        }

        #[track_caller]
        fn witness(&self) -> &UnsafeCell<()> {
            // SAFETY: whoever comes here has been at `makers` or in `made`, which belong to this execution and to no other;
            // the cell's constructor does not come back here.
            unsafe { self.witness.get_or_make(|| UnsafeCell::new(())) }
        }
    }
}
