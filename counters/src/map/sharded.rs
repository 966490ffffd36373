//! A map in shards, each behind a lock of its own.

use super::hashed::Hashed;
use super::hints::{For, Hint, Hints};
use super::maps;
use super::table::Table;
use crate::guarded;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

/// How many shards: so many that two threads seldom want the same one.
const SHARDS: usize = 512;

/// The shards: a guarded table that is given each key with its hash.
#[guarded(sharded, shards = 512, tests = off)]
struct Shards<K, V> {
    entries: Table<K, V>,
}

#[guarded]
impl<K, V> Shards<K, V> {
    pub(super) const fn new() -> Self {
        Self { entries: Table::new() }
    }

    #[inline]
    pub(super) fn get<Q>(&self, #[key] key: Hashed<&Q>) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
        V: Clone,
    {
        self.entries.get(key.hash, |found| found.borrow() == key.key).cloned()
    }

    #[inline]
    pub(super) fn contains_key<Q>(&self, #[key] key: Hashed<&Q>) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.entries.get(key.hash, |found| found.borrow() == key.key).is_some()
    }

    #[inline]
    pub(super) fn insert<S>(&mut self, #[key] key: Hashed<K>, value: V, hasher: &S, hint: Hint<'_>) -> Option<V>
    where
        K: Hash + Eq,
        S: BuildHasher,
    {
        let Hashed { hash, key } = key;
        match self.entries.get_mut(hash, |found| *found == key) {
            Some(there) => Some(std::mem::replace(there, value)),
            None => {
                self.entries.add(hash, (key, value), |found| hasher.hash_one(found), hint);
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
        let (_, value) = self.entries.remove(key.hash, |found| found.borrow() == key.key)?;
        Some(value)
    }

    #[allow_callback]
    pub(super) fn get_or_insert_with<S, F>(&mut self, #[key] key: Hashed<K>, make: F, hasher: &S, hint: Hint<'_>) -> V
    where
        K: Hash + Eq,
        V: Clone,
        S: BuildHasher,
        F: FnOnce() -> V,
    {
        let Hashed { hash, key } = key;
        match self.entries.get(hash, |found| *found == key) {
            Some(value) => value.clone(),
            None => self.entries.add(hash, (key, make()), |found| hasher.hash_one(found), hint).clone(),
        }
    }

    #[allow_callback]
    pub(super) fn update<Q, F>(&mut self, #[key] key: Hashed<&Q>, change: F) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
        F: FnOnce(&mut V),
    {
        match self.entries.get_mut(key.hash, |found| found.borrow() == key.key) {
            Some(value) => {
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
        self.entries.len() == 0
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
    hints: Hints<SHARDS>,
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
        Self { hasher, shards: Shards::new(), hints: Hints::new() }
    }
}

impl<K, V, S: BuildHasher> ShardedMap<K, V, S> {
    #[inline(always)]
    fn hashed<'a, Q: Hash + ?Sized>(&self, key: &'a Q, purpose: For) -> Hashed<&'a Q> {
        let hashed = Hashed { hash: self.hasher.hash_one(key), key };
        self.hints.of(hashed.place()).fetch(hashed.hash, Table::<K, V>::STRIDE, purpose);
        hashed
    }

    /// The same for a key that may be put in; and whom to tell if the table grows.
    #[inline(always)]
    fn hashed_to_add(&self, key: K) -> (Hashed<K>, Hint<'_>)
    where
        K: Hash,
    {
        let hashed = Hashed { hash: self.hasher.hash_one(&key), key };
        let hint = self.hints.of(hashed.place());
        hint.fetch(hashed.hash, Table::<K, V>::STRIDE, For::Writing);
        (hashed, hint)
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
        self.shards.get(self.hashed(key, For::Reading))
    }

    /// Whether there is a value under a key.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards.contains_key(self.hashed(key, For::Reading))
    }

    /// Puts a value under a key, and returns the one that was there.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn insert(&self, key: K, value: V) -> Option<V>
    where
        K: Hash + Eq,
    {
        let (key, hint) = self.hashed_to_add(key);
        self.shards.insert(key, value, &self.hasher, hint)
    }

    /// Takes the value under a key out.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shards.remove(self.hashed(key, For::Writing))
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
        let (key, hint) = self.hashed_to_add(key);
        self.shards.get_or_insert_with(key, make, &self.hasher, hint)
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
        self.shards.update(self.hashed(key, For::Writing), change)
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
