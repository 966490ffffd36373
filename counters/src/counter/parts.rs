//! Counters in parts, for many writers: nobody sees the total but who adds the parts up.

use super::Overflow;
use crate::guarded;

/// A counter in stripes, one a thread: an addition is a plain load and a plain store, and threads do not meet.
///
/// A read adds up as many stripes as there were ever threads at once. Where tasks only ever
/// [`increment`](Self::increment), reads are linearizable. With other amounts a read is between what the counter was when
/// it began and what it was when it ended, and a later read is never less; but it may be a value that the counter never
/// had: of 2 added on one thread and then 4 on another it may have seen the 4 alone. So `get` declares the weaker level.
///
/// A thread that ends leaves its stripe to the next one: nothing is lost, and nothing grows but with the number of threads
/// at once.
#[guarded(striped)]
#[derive(Clone, Debug, Default)]
pub struct StripedCounter {
    value: u64,
}

#[guarded]
impl StripedCounter {
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

    /// Adds an amount, 0 included; at [`u64::MAX`] it stays there.
    pub fn add(&mut self, amount: u64) {
        self.value = self.value.saturating_add(amount);
    }

    /// The value; [`u64::MAX`] is "at least so many".
    #[consistency(quiescent)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// A counter in shards, each behind a lock of its own; a thread adds to its own one.
///
/// A read holds all shards at once, so it is linearizable whatever the amounts are; that is what it has over
/// [`StripedCounter`], which is faster.
#[guarded(sharded)]
#[derive(Debug, Default)]
pub struct ShardedCounter {
    value: u64,
}

#[guarded]
impl ShardedCounter {
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

    /// Adds an amount, 0 included; at [`u64::MAX`] it stays there.
    pub fn add(&mut self, amount: u64) {
        self.value = self.value.saturating_add(amount);
    }

    /// The value; [`u64::MAX`] is "at least so many".
    #[merge(with = u64::saturating_add)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// The one method that a part cannot carry: it never refuses, since no part sees the total.
macro_rules! takes_all {
    ($($name:ident)*) => { $(
        impl $name {
            /// Adds an amount, 0 included; at [`u64::MAX`] it stays there, which is no error here: see
            /// [the table](super).
            ///
            /// # Errors
            /// None.
            pub fn try_add(&self, amount: u64) -> Result<(), Overflow> {
                self.add(amount);
                Ok(())
            }
        }
    )* };
}
takes_all!(StripedCounter ShardedCounter);
