//! The ready-made maps, in every strategy that can carry one.
//!
//! Hashers are fixed: with a random one an execution could not be run again.

use raceproof::guarded;
use raceproof::map::{ActorMap, LeftRightMap, Map, SerialMap, ShardedMap};
use raceproof_test::race_tests;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

race_tests!(InShards, budget = 1);
race_tests!(ActorMap<u8, u8, Fixed> = ActorMap::with_hasher(Fixed::default()), budget = 0.5);
race_tests!(SerialMap<u8, u8, Fixed> = SerialMap::with_hasher(Fixed::default()), budget = 0.5);
race_tests!(LeftRightMap<u8, u8, Fixed> = LeftRightMap::with_hasher(Fixed::default()), budget = 1);

type Fixed = BuildHasherDefault<DefaultHasher>;

/// [`ShardedMap`] as its users see it. The lock around it is shared by all of its methods, so it orders nothing; what is
/// explored is the map.
#[guarded(rwlock)]
struct InShards {
    map: ShardedMap<u8, u8, Fixed>,
}

#[guarded]
impl InShards {
    pub fn new() -> Self {
        Self { map: ShardedMap::with_hasher(Fixed::default()) }
    }
    pub fn get(&self, #[arg(0..3_u8)] key: u8) -> Option<u8> {
        Map::get(&self.map, &key)
    }
    pub fn insert(&self, #[arg(0..3_u8)] key: u8, #[arg(0..2_u8)] value: u8) -> Option<u8> {
        self.map.insert(key, value)
    }
    pub fn remove(&self, #[arg(0..3_u8)] key: u8) -> Option<u8> {
        self.map.remove(&key)
    }
    pub fn increment(&self, #[arg(0..3_u8)] key: u8) -> bool {
        self.map.update(&key, |value| *value = value.wrapping_add(1))
    }
    pub fn get_or_insert_with(&self, #[arg(0..3_u8)] key: u8, #[arg(0..2_u8)] value: u8) -> u8 {
        self.map.get_or_insert_with(key, || value)
    }
    pub fn len(&self) -> usize {
        self.map.len()
    }
    pub fn clear(&self) {
        self.map.clear();
    }
    pub fn snapshot(&self) -> HashMap<u8, u8, Fixed> {
        self.map.snapshot()
    }
}
