//! Ours, by strategy.

use super::{Hand, Hasher, Shared, contender, hasher};
use crate::measure::{Contender, Kind};
use raceproof::map::{ActorMap, LeftRightMap, MutexMap, RwLockMap, SerialMap, ShardedMap};

/// Maps that are called directly.
macro_rules! direct {
    ($($label:literal $map:ident;)*) => {
        pub(super) fn all<const READS: u64>() -> Vec<Contender> {
            vec![$(contender::<$map<u64, u64, Hasher>, READS>($label, Kind::Ours)),*]
        }
        $(
            impl Shared for $map<u64, u64, Hasher> {
                type Hand<'a> = &'a Self;
                fn new() -> Self {
                    Self::with_hasher(hasher())
                }
                fn hand(&self) -> &Self {
                    self
                }
            }
            impl Hand for &$map<u64, u64, Hasher> {
                #[inline(always)]
                fn get(&mut self, key: u64) -> Option<u64> {
                    $map::get(self, &key)
                }
                #[inline(always)]
                fn insert(&mut self, key: u64, value: u64) {
                    $map::insert(self, key, value);
                }
                #[inline(always)]
                fn remove(&mut self, key: u64) {
                    $map::remove(self, &key);
                }
            }
        )*
    };
}

direct! {
    "raceproof mutex" MutexMap;
    "raceproof rwlock" RwLockMap;
    "raceproof sharded" ShardedMap;
    "raceproof left_right" LeftRightMap;
    "raceproof actor" ActorMap;
    "raceproof actor, caller runs" SerialMap;
}
