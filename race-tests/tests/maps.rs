//! The ready-made maps, in every strategy that can carry one.
//!
//! Hashers are fixed: with a random one an execution could not be run again.

use raceproof::guarded;
use raceproof::map::{ActorMap, LeftRightMap, Map, SerialMap, ShardedMap};
use raceproof_test::{Explorer, Rung, race_tests, subject};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

race_tests!(InShards, budget = 0.3);
race_tests!(LeftRightMap<u8, u8, Fixed> = LeftRightMap::with_hasher(Fixed::default()), budget = 0.3);

type Fixed = BuildHasherDefault<DefaultHasher>;

/// A borrowed key makes a method generic, and a generic method is explored with the types that it names. Closures and what
/// cannot be generated are left out, and say so.
#[test]
fn lookups_by_borrowed_keys_are_explored() {
    let map = subject!(LeftRightMap<u8, u8, Fixed> = LeftRightMap::with_hasher(Fixed::default()));
    let left_out: Vec<&str> = map.left_out().map(|(method, _)| method).collect();
    for explored in ["get", "insert", "remove", "contains_key", "len", "clear"] {
        assert!(!left_out.contains(&explored), "{left_out:?}");
    }
    assert!(left_out.contains(&"update"), "{left_out:?}");
}

/// The strategy of these is explored in full elsewhere, on smaller types; here it is the map's own methods.
#[test]
fn maps_with_an_owner() {
    let subjects = [
        subject!(SerialMap<u8, u8, Fixed> = SerialMap::with_hasher(Fixed::default())),
        subject!(ActorMap<u8, u8, Fixed> = ActorMap::with_hasher(Fixed::default())),
    ];
    for subject in subjects {
        let report = Explorer::new(subject).budget(0.1).rungs(&[Rung::Sequential, Rung::Shuttle, Rung::Threads]).run();
        assert!(report.ok(), "{report}");
    }
}

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
