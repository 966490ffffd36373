//! Counters that hold the whole value in one place, and so can look before they add.

use super::{Overflow, refused};
use crate::guarded;

/// The same struct and the same impl, under each strategy: nothing but the attribute differs.
macro_rules! exact {
    ($(#[$doc:meta])* $name:ident, $($strategy:tt)*) => {
        #[guarded($($strategy)*)]
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

            /// A counter at this value.
            pub const fn starting_at(value: u64) -> Self {
                Self { value }
            }

            /// Adds 1; at [`u64::MAX`] it stays there.
            pub fn increment(&mut self) {
                self.value = self.value.saturating_add(1);
            }

            /// Adds an amount, 0 included, or changes nothing.
            ///
            /// # Errors
            /// [`Overflow`] if the sum is larger than [`u64::MAX`].
            pub fn try_add(&mut self, amount: u64) -> Result<(), Overflow> {
                self.value = self.value.checked_add(amount).ok_or(Overflow)?;
                Ok(())
            }

            /// The value.
            pub fn get(&self) -> u64 {
                self.value
            }
        }

        impl $name {
            /// Adds an amount, 0 included.
            ///
            /// # Panics
            /// If the sum is larger than [`u64::MAX`]: outside the critical section, with the counter as it was.
            #[track_caller]
            pub fn add(&self, amount: u64) {
                if let Err(overflow) = self.try_add(amount) {
                    refused(amount, overflow);
                }
            }
        }
    };
}

exact! {
    /// A counter behind a mutex.
    MutexCounter, mutex
}
exact! {
    /// A counter behind a read-write lock: readers share it.
    RwLockCounter, rwlock
}
exact! {
    /// A counter in one atomic word. Nothing poisons it, and nobody waits for a lock.
    AtomicCounter, atomic
}
exact! {
    /// A counter that a thread of its own owns. `increment` is posted and returns at once, all else waits for the reply. The
    /// thread starts with the first call, and ends with the counter.
    ActorCounter, actor
}
exact! {
    /// A counter with a mailbox and no thread: whoever finds it idle runs his own call and those that come meanwhile.
    SerialCounter, actor, owner = caller
}
