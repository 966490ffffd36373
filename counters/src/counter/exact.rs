//! Counters that hold the whole value in one place, and so can look before they add.

use super::{Overflow, refused};
use crate::guarded;

/// The panic of `add`, which comes after the critical section.
macro_rules! adds {
    ($name:ident) => {
        impl $name {
            /// Adds an amount, 0 included.
            ///
            /// # Panics
            /// Where [`try_add`](Self::try_add) is an error: outside the critical section, with the counter as it was.
            #[track_caller]
            pub fn add(&self, amount: u64) {
                if let Err(overflow) = self.try_add(amount) {
                    refused(amount, overflow);
                }
            }
        }
    };
}

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

        adds!($name);
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
/// A counter in one atomic word. Nothing poisons it, and nobody waits for a lock.
///
/// An increment is one `fetch_add`, which cannot look before it adds. So there is headroom: [`try_add`](Self::try_add) goes
/// up to [`MAX`](Self::MAX) and no further, and from there it would take increments three centuries to wrap around, at one a
/// nanosecond.
#[guarded(atomic)]
#[derive(Clone, Debug, Default)]
pub struct AtomicCounter {
    value: u64,
}

#[guarded]
impl AtomicCounter {
    /// The most that amounts can add up to: half of what the word holds.
    pub const MAX: u64 = u64::MAX >> 1;

    /// A counter at 0.
    pub const fn new() -> Self {
        Self { value: 0 }
    }

    /// A counter at this value.
    ///
    /// # Panics
    /// If it is above [`MAX`](Self::MAX).
    pub const fn starting_at(value: u64) -> Self {
        assert!(value <= Self::MAX, "an atomic counter starts at no more than its MAX");
        Self { value }
    }

    /// Adds 1.
    pub fn increment(&mut self) {
        self.value = self.value.wrapping_add(1);
    }

    /// Adds an amount, 0 included, or changes nothing.
    ///
    /// # Errors
    /// [`Overflow`] if the sum is larger than [`MAX`](Self::MAX), and the amount is not 0.
    pub fn try_add(&mut self, amount: u64) -> Result<(), Overflow> {
        match self.value.checked_add(amount) {
            Some(sum) if sum <= Self::MAX || amount == 0 => {
                self.value = sum;
                Ok(())
            }
            _ => Err(Overflow),
        }
    }

    /// The value.
    pub fn get(&self) -> u64 {
        self.value
    }
}

adds!(AtomicCounter);

exact! {
    /// A counter that a thread of its own owns. `increment` is posted and returns at once, all else waits for the reply. The
    /// thread starts with the first call, and ends with the counter.
    ActorCounter, actor
}
exact! {
    /// A counter with a mailbox and no thread: whoever finds it idle runs his own call and those that come meanwhile.
    SerialCounter, actor, owner = caller
}
