//! The ready-made maps as they ship: exact under many threads, and a clear outcome for closures and keys that panic.

use raceproof::Poison;
use raceproof::map::{ActorMap, LeftRightMap, Map, MutexMap, RwLockMap, SerialMap, ShardedMap};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

type Fixed = BuildHasherDefault<DefaultHasher>;

/// Each thread has keys of its own, whose values it knows, and all count up the shared ones.
fn holds(map: &impl Map<u64, u64>) {
    const THREADS: u64 = 8;
    const EACH: u64 = 2_000;
    (0..4).for_each(|key| assert_eq!(map.insert(key, 0), None));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for nth in 0..EACH {
                    let key = 100 + thread * 100 + nth % 100;
                    assert_eq!(map.insert(key, nth), nth.checked_sub(100).filter(|_| nth % 3 != 0 || nth < 100));
                    assert_eq!(map.get(&key), Some(nth));
                    assert!(map.update(&(nth % 4), |value| *value += 1));
                    if (nth + 100) % 3 == 0 {
                        assert_eq!(map.remove(&key), Some(nth));
                        assert!(!map.contains_key(&key));
                    }
                }
            });
        }
    });
    assert_eq!((0..4).map(|key| map.get(&key).unwrap()).sum::<u64>(), THREADS * EACH);
    let mut all: HashMap<u64, u64> = map.snapshot().into_iter().collect();
    assert_eq!(all.len(), map.len());
    all.retain(|key, _| *key >= 100);
    let last: HashMap<u64, u64> = (0..THREADS)
        .flat_map(|thread| (EACH - 100..EACH).map(move |nth| (100 + thread * 100 + nth % 100, nth)))
        .filter(|(_, nth)| (nth + 100) % 3 != 0)
        .collect();
    assert_eq!(all, last);
    map.clear();
    assert!(map.is_empty());
}

#[test]
fn eight_threads_lose_nothing() {
    holds(&MutexMap::new());
    holds(&RwLockMap::new());
    holds(&ShardedMap::new());
    holds(&LeftRightMap::new());
    holds(&ActorMap::new());
    holds(&SerialMap::new());
}

#[test]
fn one_value_is_made_for_a_key_and_all_get_it() {
    fn agrees(map: &impl Map<&'static str, u64>) {
        let values: Vec<u64> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || map.get_or_insert_with("key", || n))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
        });
        assert!(values.iter().all(|value| Some(*value) == map.get("key")), "{values:?}");
    }
    agrees(&MutexMap::new());
    agrees(&RwLockMap::new());
    agrees(&ShardedMap::new());
    agrees(&LeftRightMap::new());
    agrees(&ActorMap::new());
    agrees(&SerialMap::new());
}

#[test]
fn built_from_entries_extended_cloned_and_printed() {
    fn behaves<M>(name: &str, clones: impl Fn(&M) -> M)
    where
        M: Map<String, u8> + FromIterator<(String, u8)> + Extend<(String, u8)> + std::fmt::Debug + Default,
    {
        let mut map: M = [("one".to_owned(), 1)].into_iter().collect();
        map.extend([("two".to_owned(), 2), ("one".to_owned(), 11)]);
        assert_eq!((map.get("one"), map.get("two"), map.len()), (Some(11), Some(2), 2));
        let clone = clones(&map);
        clone.remove("one");
        assert_eq!((map.len(), clone.len()), (2, 1), "{name}: a clone has entries of its own");
        let shown = format!("{clone:?}");
        assert!(shown.contains("\"two\": 2"), "{shown}");
        assert!(M::default().is_empty());
    }
    behaves::<MutexMap<String, u8>>("MutexMap", Clone::clone);
    behaves::<RwLockMap<String, u8>>("RwLockMap", Clone::clone);
    behaves::<ShardedMap<String, u8>>("ShardedMap", Clone::clone);
    behaves::<LeftRightMap<String, u8>>("LeftRightMap", Clone::clone);
    behaves::<ActorMap<String, u8>>("ActorMap", Clone::clone);
    behaves::<SerialMap<String, u8>>("SerialMap", Clone::clone);
}

#[test]
fn a_static_with_a_hasher_of_its_own() {
    static LOCKED: MutexMap<u8, u8, Fixed> = MutexMap::with_hasher(Fixed::new());
    static SHARDS: ShardedMap<u8, u8, Fixed> = ShardedMap::with_hasher(Fixed::new());
    static COPIES: LeftRightMap<u8, u8, Fixed> = LeftRightMap::with_hasher(Fixed::new());
    assert_eq!((LOCKED.insert(1, 1), SHARDS.insert(1, 1), COPIES.insert(1, 1)), (None, None, None));
    assert_eq!((LOCKED.get(&1), SHARDS.get(&1), COPIES.get(&1)), (Some(1), Some(1), Some(1)));
}

/// The words of the panic in `body`.
fn panic_of<R>(body: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(body)).err().expect("it panics");
    match payload.downcast::<String>() {
        Ok(words) => *words,
        Err(payload) => (*payload.downcast::<&str>().expect("words")).to_owned(),
    }
}

/// How many of so many keys are in other shards than one of them, at the least: what can be explored has two shards.
fn elsewhere(keys: usize) -> usize {
    if raceproof::EXPLORE { keys / 4 } else { keys / 10 * 8 }
}

#[test]
fn a_closure_that_panics_poisons_one_lock_and_no_other() {
    let map: MutexMap<u8, u8> = [(1, 1), (2, 2)].into_iter().collect();
    assert_eq!(panic_of(|| map.update(&1, |_| panic!("on purpose"))), "on purpose");
    assert!(panic_of(|| map.get(&2)).contains("`MutexMap` is poisoned"));
    map.clear_poison();
    assert_eq!(map.get(&2), Some(2));

    let map: ShardedMap<u64, u64> = (0..1_000).map(|key| (key, key)).collect();
    assert_eq!(panic_of(|| map.update(&7, |_| panic!("on purpose"))), "on purpose");
    assert!(map.is_poisoned());
    assert!(panic_of(|| map.get(&7)).contains("is poisoned"));
    assert!(panic_of(|| map.len()).contains("is poisoned"), "the whole has a part in doubt");
    let others = (0..1_000).filter(|key| catch_unwind(AssertUnwindSafe(|| map.get(key))).is_ok()).count();
    assert!(others > elsewhere(1_000), "the other shards go on: {others} of 999 keys");
    map.clear_poison();
    assert_eq!((map.get(&7), map.len()), (Some(7), 1_000));

    let map: ActorMap<u8, u8> = [(1, 1)].into_iter().collect();
    assert_eq!(panic_of(|| map.with(|_| -> u8 { panic!("on purpose") })), "on purpose", "at the caller, not the owner");
    assert!(panic_of(|| map.get(&1)).contains("`ActorMap` is poisoned"));
    map.clear_poison();
    assert_eq!(map.get(&1), Some(1));

    let map: LeftRightMap<u8, u8> = [(1, 1)].into_iter().collect();
    let half_way = |value: &mut u8| {
        *value = 99;
        panic!("on purpose");
    };
    assert_eq!(panic_of(|| map.update(&1, half_way)), "on purpose");
    assert_eq!(map.get(&1), Some(1), "the half-changed copy was never shown");
}

/// A key that panics when it is told to.
#[derive(Clone, Debug)]
struct Hostile {
    key: u8,
    hash_panics: bool,
    eq_panics: bool,
}

impl Hostile {
    fn tame(key: u8) -> Self {
        Self { key, hash_panics: false, eq_panics: false }
    }
}

impl Hash for Hostile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        assert!(!self.hash_panics, "hash");
        self.key.hash(state);
    }
}

impl PartialEq for Hostile {
    fn eq(&self, other: &Self) -> bool {
        assert!(!self.eq_panics && !other.eq_panics, "eq");
        self.key == other.key
    }
}

impl Eq for Hostile {}

#[test]
fn a_key_whose_hash_or_eq_panics_harms_no_more_than_its_lock() {
    let bad_hash = Hostile { hash_panics: true, ..Hostile::tame(1) };
    let bad_eq = Hostile { eq_panics: true, ..Hostile::tame(1) };

    // Sharded: the hash comes before the lock, the comparison under the shard's.
    let map: ShardedMap<Hostile, u8> = (0..100).map(|key| (Hostile::tame(key), key)).collect();
    assert_eq!(panic_of(|| map.insert(bad_hash.clone(), 0)), "hash");
    assert!(!map.is_poisoned());
    assert_eq!(panic_of(|| map.get(&bad_eq)), "eq");
    let left = (0..100).filter(|key| catch_unwind(AssertUnwindSafe(|| map.get(&Hostile::tame(*key)))).is_ok()).count();
    assert!((elsewhere(100)..100).contains(&left), "{left} of 100 keys are in other shards");
    map.clear_poison();
    assert_eq!(map.len(), 100);

    // A mutex: both under the one lock.
    let map: MutexMap<Hostile, u8> = [(Hostile::tame(1), 1)].into_iter().collect();
    assert_eq!(panic_of(|| map.get(&bad_hash)), "hash");
    assert!(map.is_poisoned());
    map.clear_poison();
    assert_eq!(map.get(&Hostile::tame(1)), Some(1));

    // Readers of a read-write lock, and of two copies, poison nothing; a writer on two copies changes nothing.
    let map: RwLockMap<Hostile, u8> = [(Hostile::tame(1), 1)].into_iter().collect();
    assert_eq!(panic_of(|| map.get(&bad_eq)), "eq");
    assert_eq!(map.get(&Hostile::tame(1)), Some(1));
    let map: LeftRightMap<Hostile, u8> = [(Hostile::tame(1), 1)].into_iter().collect();
    assert_eq!(panic_of(|| map.get(&bad_hash)), "hash");
    assert_eq!(panic_of(|| map.insert(bad_eq.clone(), 2)), "eq");
    assert_eq!((map.get(&Hostile::tame(1)), map.len()), (Some(1), 1));
}
