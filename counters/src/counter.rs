//! One counter, in every strategy that can carry it.
//!
//! A counter never decreases: it stays at [`u64::MAX`] once it is there, in debug and release builds alike.
//!
//! ```
//! use raceproof::counter::AtomicCounter;
//!
//! static HITS: AtomicCounter = AtomicCounter::new();
//!
//! std::thread::scope(|scope| {
//!     for _ in 0..4 {
//!         scope.spawn(|| HITS.increment());
//!     }
//! });
//! assert_eq!(HITS.get(), 4);
//! ```

use crate::guarded;

/// An amount that would have taken a counter past [`u64::MAX`]; the counter is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl std::fmt::Display for Overflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the counter cannot hold so much")
    }
}

impl std::error::Error for Overflow {}

/// The same struct and the same impl, under each strategy: nothing but the attribute differs.
macro_rules! counter {
    ($(#[$doc:meta])* $name:ident, $strategy:ident) => {
        #[guarded($strategy)]
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            value: u64,
        }

        #[guarded]
        impl $name {
            /// A counter at 0.
            pub const fn new() -> Self {
                Self { value: 0 }
            }

            /// Adds 1; at [`u64::MAX`] it stays there.
            pub fn increment(&mut self) {
                self.value = self.value.saturating_add(1);
            }

            /// Adds an amount, 0 included, and returns the new value; or changes nothing.
            ///
            /// # Errors
            /// [`Overflow`] if the sum is larger than [`u64::MAX`].
            pub fn try_add(&mut self, amount: u64) -> Result<u64, Overflow> {
                self.value = self.value.checked_add(amount).ok_or(Overflow)?;
                Ok(self.value)
            }

            /// The value.
            pub fn get(&self) -> u64 {
                self.value
            }
        }
    };
}

counter! {
    /// A counter behind a mutex.
    MutexCounter, mutex
}
counter! {
    /// A counter behind a read-write lock: readers share it.
    RwLockCounter, rwlock
}
counter! {
    /// A counter in one atomic word. Nothing poisons it, and nobody waits for a lock.
    AtomicCounter, atomic
}
