//! A map in shards, each behind a lock of its own.

use super::hashed::Hashed;
use super::maps;
use crate::guarded;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

/// The shards: a guarded table that is given each key with its hash.
#[guarded(sharded, shards = 512, tests = off)]
struct Shards<K, V> {
    entries: HashTable<(K, V)>,
}

#[guarded]
impl<K, V> Shards<K, V> {
    pub(super) const fn new() -> Self {
        Self { entries: HashTable::new() }
    }

    #[inline]
    pub(super) fn get<Q>(&self, #[key] key: Hashed<&Q>) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
        V: Clone,
    {
        self.entries.find(key.hash, |(found, _)| found.borrow() == key.key).map(|(_, value)| value.clone())
    }

    #[inline]
    pub(super) fn contains_key<Q>(&self, #[key] key: Hashed<&Q>) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.entries.find(key.hash, |(found, _)| found.borrow() == key.key).is_some()
    }

    #[inline]
    pub(super) fn insert<S>(&mut self, #[key] key: Hashed<K>, value: V, hasher: &S) -> Option<V>
    where
        K: Hash + Eq,
        S: BuildHasher,
    {
        let Hashed { hash, key } = key;
        match self.entries.entry(hash, |(found, _)| *found == key, |(found, _)| hasher.hash_one(found)) {
            Entry::Occupied(mut entry) => Some(std::mem::replace(&mut entry.get_mut().1, value)),
            Entry::Vacant(entry) => {
                entry.insert((key, value));
                None
            }
        }
    }

    #[inline]
    pub(super) fn remove<Q>(&mut self, #[key] key: Hashed<&Q>) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let entry = self.entries.find_entry(key.hash, |(found, _)| found.borrow() == key.key).ok()?;
        let ((_, value), _) = entry.remove();
        Some(value)
    }

    #[allow_callback]
    pub(super) fn get_or_insert_with<S, F>(&mut self, #[key] key: Hashed<K>, make: F, hasher: &S) -> V
    where
        K: Hash + Eq,
        V: Clone,
        S: BuildHasher,
        F: FnOnce() -> V,
    {
        let Hashed { hash, key } = key;
        match self.entries.entry(hash, |(found, _)| *found == key, |(found, _)| hasher.hash_one(found)) {
            Entry::Occupied(entry) => entry.get().1.clone(),
            Entry::Vacant(entry) => entry.insert((key, make())).get().1.clone(),
        }
    }

    #[allow_callback]
    pub(super) fn update<Q, F>(&mut self, #[key] key: Hashed<&Q>, change: F) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
        F: FnOnce(&mut V),
    {
        match self.entries.find_mut(key.hash, |(found, _)| found.borrow() == key.key) {
            Some((_, value)) => {
                change(value);
                true
            }
            None => false,
        }
    }

    #[merge(sum)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[merge(all)]
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[merge(each)]
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    #[merge(extend)]
    pub(super) fn snapshot(&self) -> Vec<(K, V)>
    where
        K: Clone,
        V: Clone,
    {
        self.entries.iter().cloned().collect()
    }
}

/// A map in shards: threads that work on different keys seldom meet.
///
/// A key's hash is computed once, and finds the shard and then the place in the shard's table. What concerns the whole map
/// ([`len`](Self::len), [`is_empty`](Self::is_empty), [`clear`](Self::clear), [`snapshot`](Self::snapshot)) holds all shards
/// at once, so it is linearizable like the rest, and dear. The memory of the shards is taken at the first use.
///
/// A closure that panics poisons its key's shard: from then on calls for keys of that shard panic, and those of the whole
/// map; all others go on. [`Poison`](crate::Poison) has the way back.
pub struct ShardedMap<K, V, S = RandomState> {
    hasher: S,
    shards: Shards<K, V>,
}

impl<K, V> ShardedMap<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }
}

impl<K, V, S> ShardedMap<K, V, S> {
    /// An empty map with this hasher.
    pub const fn with_hasher(hasher: S) -> Self {
        Self { hasher, shards: Shards::new() }
    }
}

impl<K, V, S: BuildHasher> ShardedMap<K, V, S> {
    #[inline(always)]
    fn hashed<'a, Q: Hash + ?Sized>(&self, key: &'a Q) -> Hashed<&'a Q> {
        Hashed { hash: self.hasher.hash_one(key), key }
    }

    /// A copy of the value under a key.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        self.shards.get(self.hashed(key))
    }

    /// Whether there is a value under a key.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards.contains_key(self.hashed(key))
    }

    /// Puts a value under a key, and returns the one that was there.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn insert(&self, key: K, value: V) -> Option<V>
    where
        K: Hash + Eq,
    {
        let hash = self.hasher.hash_one(&key);
        self.shards.insert(Hashed { hash, key }, value, &self.hasher)
    }

    /// Takes the value under a key out.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards.remove(self.hashed(key))
    }

    /// A copy of the value under a key, which is put there first if there is none.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn get_or_insert(&self, key: K, value: V) -> V
    where
        K: Hash + Eq,
        V: Clone,
    {
        self.get_or_insert_with(key, || value)
    }

    /// A copy of the value under a key; if there is none, `make` makes one inside the critical section, and it is put
    /// there. If it panics the key's shard is poisoned.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn get_or_insert_with<F: FnOnce() -> V>(&self, key: K, make: F) -> V
    where
        K: Hash + Eq,
        V: Clone,
    {
        let hash = self.hasher.hash_one(&key);
        self.shards.get_or_insert_with(Hashed { hash, key }, make, &self.hasher)
    }

    /// Changes the value under a key inside the critical section, if there is one; says whether there was. If `change`
    /// panics the key's shard is poisoned.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn update<Q, F>(&self, key: &Q, change: F) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        F: FnOnce(&mut V),
    {
        self.shards.update(self.hashed(key), change)
    }

    /// The whole content, at one moment: what to iterate over.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn snapshot(&self) -> HashMap<K, V, S>
    where
        K: Hash + Eq + Clone,
        V: Clone,
        S: Clone,
    {
        let mut all = HashMap::with_hasher(self.hasher.clone());
        all.extend(self.shards.snapshot());
        all
    }
}

impl<K, V, S> ShardedMap<K, V, S> {
    /// How many keys there are.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn len(&self) -> usize {
        self.shards.len()
    }

    /// Whether there is no key.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    /// Takes everything out.
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn clear(&self) {
        self.shards.clear();
    }
}

impl<K, V, S> crate::Poison for ShardedMap<K, V, S> {
    fn is_poisoned(&self) -> bool {
        self.shards.is_poisoned()
    }
    fn clear_poison(&self) {
        self.shards.clear_poison();
    }
}

impl<K, V, S: Default> Default for ShardedMap<K, V, S> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<K: Hash + Eq + Clone, V: Clone, S: BuildHasher + Clone> Clone for ShardedMap<K, V, S> {
    /// The content at one moment, in shards of its own.
    fn clone(&self) -> Self {
        let clone = Self::with_hasher(self.hasher.clone());
        for (key, value) in self.shards.snapshot() {
            clone.insert(key, value);
        }
        clone
    }
}

impl<K: Clone + std::fmt::Debug, V: Clone + std::fmt::Debug, S> std::fmt::Debug for ShardedMap<K, V, S> {
    /// The content at one moment.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.shards.snapshot()).finish()
    }
}

maps!(ShardedMap []);
