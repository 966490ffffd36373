//! `AtomicBool`: an atomic byte that is 0 or 1.

use super::{AtomicU8, Ordering};
use std::fmt;

/// An atomic `bool`, as [`std::sync::atomic::AtomicBool`]. In traces it is a byte.
pub struct AtomicBool {
    /// 0 or 1, always.
    byte: AtomicU8,
}

impl AtomicBool {
    /// An atomic of the execution under way.
    #[track_caller]
    pub fn new(value: bool) -> Self {
        Self { byte: AtomicU8::new(u8::from(value)) }
    }

    /// The value.
    #[inline]
    #[track_caller]
    pub fn load(&self, ordering: Ordering) -> bool {
        self.byte.load(ordering) != 0
    }

    /// Sets the value.
    #[inline]
    #[track_caller]
    pub fn store(&self, value: bool, ordering: Ordering) {
        self.byte.store(u8::from(value), ordering);
    }

    /// Sets the value, and gives the old one.
    #[inline]
    #[track_caller]
    pub fn swap(&self, value: bool, ordering: Ordering) -> bool {
        self.byte.swap(u8::from(value), ordering) != 0
    }

    /// Sets the value if it is `old`.
    ///
    /// # Errors
    /// If it is not; the value is given.
    #[inline]
    #[track_caller]
    pub fn compare_exchange(&self, old: bool, new: bool, success: Ordering, failure: Ordering) -> Result<bool, bool> {
        let result = self.byte.compare_exchange(u8::from(old), u8::from(new), success, failure);
        result.map(|value| value != 0).map_err(|value| value != 0)
    }

    /// As [`Self::compare_exchange`], but may fail for no reason; in an exploration it does not.
    ///
    /// # Errors
    /// If the value is another, which is given.
    #[inline]
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        old: bool,
        new: bool,
        success: Ordering,
        failure: Ordering,
    ) -> Result<bool, bool> {
        let result = self.byte.compare_exchange_weak(u8::from(old), u8::from(new), success, failure);
        result.map(|value| value != 0).map_err(|value| value != 0)
    }

    /// Logical "and"; gives the old value.
    #[inline]
    #[track_caller]
    pub fn fetch_and(&self, value: bool, ordering: Ordering) -> bool {
        self.byte.fetch_and(u8::from(value), ordering) != 0
    }

    /// Logical "not and"; gives the old value.
    #[inline]
    #[track_caller]
    pub fn fetch_nand(&self, value: bool, ordering: Ordering) -> bool {
        // On bytes "nand" would leave more than a bit.
        if value { self.fetch_not(ordering) } else { self.swap(true, ordering) }
    }

    /// Logical "or"; gives the old value.
    #[inline]
    #[track_caller]
    pub fn fetch_or(&self, value: bool, ordering: Ordering) -> bool {
        self.byte.fetch_or(u8::from(value), ordering) != 0
    }

    /// Logical "exclusive or"; gives the old value.
    #[inline]
    #[track_caller]
    pub fn fetch_xor(&self, value: bool, ordering: Ordering) -> bool {
        self.byte.fetch_xor(u8::from(value), ordering) != 0
    }

    /// Logical "not"; gives the old value.
    #[inline]
    #[track_caller]
    pub fn fetch_not(&self, ordering: Ordering) -> bool {
        self.byte.fetch_xor(1, ordering) != 0
    }

    /// Sets the value to what `update` makes of it, as long as that is something; gives the old one.
    ///
    /// # Errors
    /// If `update` gave nothing; the value is given.
    #[inline]
    #[track_caller]
    pub fn fetch_update<F>(&self, set: Ordering, fetch: Ordering, mut update: F) -> Result<bool, bool>
    where
        F: FnMut(bool) -> Option<bool>,
    {
        let result = self.byte.fetch_update(set, fetch, |old| update(old != 0).map(u8::from));
        result.map(|value| value != 0).map_err(|value| value != 0)
    }

    /// The value, which nobody else can reach.
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut bool {
        let byte: *mut u8 = self.byte.get_mut();
        // SAFETY: `bool` has `u8`'s size and alignment, the byte is 0 or 1, and through the reference stays so.
        unsafe { &mut *byte.cast::<bool>() }
    }

    /// The value.
    #[track_caller]
    pub fn into_inner(mut self) -> bool {
        *self.get_mut()
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        Self::new(false)
    }
}

impl From<bool> for AtomicBool {
    #[track_caller]
    fn from(value: bool) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for AtomicBool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match format!("{:?}", self.byte).as_str() {
            "0" => f.write_str("false"),
            "1" => f.write_str("true"),
            other => f.write_str(other),
        }
    }
}
