//! Ours, by strategy.

use super::{Hand, Tally, contender};
use crate::measure::{Contender, Kind};

/// Counters that are called directly.
macro_rules! direct {
    ($($name:literal $counter:ty;)*) => {
        pub(super) fn all() -> Vec<Contender> {
            vec![$(contender::<$counter>($name, Kind::Ours)),*]
        }
        $(
            impl Tally for $counter {
                type Hand<'a> = &'a Self;
                fn new() -> Self {
                    Self::default()
                }
                fn hand(&self) -> &Self {
                    self
                }
                fn total(self) -> u64 {
                    self.get()
                }
            }
            impl Hand for &$counter {
                #[inline(always)]
                fn increment(&self) {
                    <$counter>::increment(self);
                }
                #[inline(always)]
                fn get(&self) -> u64 {
                    <$counter>::get(self)
                }
            }
        )*
    };
}

direct! {
    "raceproof mutex" raceproof::counter::MutexCounter;
    "raceproof rwlock" raceproof::counter::RwLockCounter;
    "raceproof atomic" raceproof::counter::AtomicCounter;
    "raceproof actor" raceproof::counter::ActorCounter;
    "raceproof actor, caller runs" raceproof::counter::SerialCounter;
    "raceproof sharded" raceproof::counter::ShardedCounter;
    "raceproof striped" raceproof::counter::StripedCounter;
}
