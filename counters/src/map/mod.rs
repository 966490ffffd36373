//! One map, in every strategy that can carry it.
//!
//! Each method is one critical section, so there is no gap between looking and acting: what other maps make of
//! `contains_key` and `insert` is `get_or_insert_with` here, and what they make of `get` and `insert` is `update`. All have
//! the same methods, and [`Map`] has them as a trait.
//!
//! | map | a lookup | a change | the whole (`len`, `snapshot`, `clear`) |
//! |---|---|---|---|
//! | [`MutexMap`] | locks | locks | locks |
//! | [`RwLockMap`] | shares the lock | locks | shares the lock, or locks |
//! | [`ShardedMap`] | locks the key's shard | locks the key's shard | locks all shards, in order |
//! | [`LeftRightMap`] | waits for nobody | is made twice, once on each copy | of one copy |
//! | [`ActorMap`] | asks the owner's thread | asks the owner's thread | asks the owner's thread |
//! | [`SerialMap`] | in turn, without a thread | in turn, without a thread | in turn, without a thread |
//!
//! All are linearizable. Values come out as clones: nothing borrows from the map, so that nothing can outlive its lock. A
//! closure that is given to `update` or `get_or_insert_with` runs inside the critical section, and must not come back to the
//! same map.
//!
//! ```
//! use raceproof::map::{Map, RwLockMap, ShardedMap};
//!
//! fn stock_up(stock: &impl Map<String, u32>) {
//!     stock.insert("apples".to_owned(), 3);
//!     assert_eq!(stock.get("apples"), Some(3)); // a `&str` for a `String`
//!     assert_eq!(stock.get_or_insert_with("pears".to_owned(), || 7), 7);
//!     assert!(stock.update("apples", |count| *count += 1));
//!     assert_eq!(stock.remove("apples"), Some(4));
//!     assert_eq!(stock.len(), 1);
//! }
//! stock_up(&RwLockMap::new());
//! stock_up(&ShardedMap::new());
//!
//! let squares: ShardedMap<u64, u64> = (0..10).map(|n| (n, n * n)).collect();
//! let mut all: Vec<_> = squares.snapshot().into_iter().collect(); // at one moment
//! all.sort();
//! assert_eq!(all[3], (3, 9));
//! ```

mod hashed;
mod hints;
mod sharded;
mod table;
mod whole;

pub use sharded::ShardedMap;
pub use whole::{ActorMap, LeftRightMap, MutexMap, RwLockMap, SerialMap};

use std::borrow::Borrow;
use std::hash::Hash;

/// A map that tasks share, whatever its strategy.
///
/// The bounds are those of the strategy that asks for most; a type's own methods ask for less.
pub trait Map<K, V>: Send + Sync {
    /// The whole content, at one moment.
    type Snapshot: IntoIterator<Item = (K, V)>;

    /// A copy of the value under a key.
    fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized;

    /// Puts a value under a key, and returns the one that was there.
    fn insert(&self, key: K, value: V) -> Option<V>;

    /// Takes the value under a key out.
    fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized;

    /// Whether there is a value under a key.
    fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized;

    /// A copy of the value under a key; if there is none, `make` makes one, and it is put there.
    fn get_or_insert_with<F>(&self, key: K, make: F) -> V
    where
        F: FnOnce() -> V + Send;

    /// Changes the value under a key, if there is one; says whether there was.
    fn update<Q, F>(&self, key: &Q, change: F) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + Sync + ?Sized,
        F: Fn(&mut V) + Clone + Send;

    /// How many keys there are.
    fn len(&self) -> usize;

    /// Whether there is no key.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes everything out.
    fn clear(&self);

    /// The whole content, at one moment: what to iterate over.
    fn snapshot(&self) -> Self::Snapshot;
}

/// The trait, by the methods of the same names; and what follows from them.
macro_rules! maps {
    ($name:ident [$($bound:tt)*]) => {
        impl<K, V, S> $crate::map::Map<K, V> for $name<K, V, S>
        where
            K: Hash + Eq + Clone + Send + Sync $($bound)*,
            V: Clone + Send + Sync $($bound)*,
            S: BuildHasher + Clone + Send + Sync $($bound)*,
        {
            type Snapshot = HashMap<K, V, S>;
            fn get<Q>(&self, key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
                Q: Hash + Eq + Sync + ?Sized,
            {
                $name::get(self, key)
            }
            fn insert(&self, key: K, value: V) -> Option<V> {
                $name::insert(self, key, value)
            }
            fn remove<Q>(&self, key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
                Q: Hash + Eq + Sync + ?Sized,
            {
                $name::remove(self, key)
            }
            fn contains_key<Q>(&self, key: &Q) -> bool
            where
                K: Borrow<Q>,
                Q: Hash + Eq + Sync + ?Sized,
            {
                $name::contains_key(self, key)
            }
            fn get_or_insert_with<F>(&self, key: K, make: F) -> V
            where
                F: FnOnce() -> V + Send,
            {
                $name::get_or_insert_with(self, key, make)
            }
            fn update<Q, F>(&self, key: &Q, change: F) -> bool
            where
                K: Borrow<Q>,
                Q: Hash + Eq + Sync + ?Sized,
                F: Fn(&mut V) + Clone + Send,
            {
                $name::update(self, key, change)
            }
            fn len(&self) -> usize {
                $name::len(self)
            }
            fn is_empty(&self) -> bool {
                $name::is_empty(self)
            }
            fn clear(&self) {
                $name::clear(self);
            }
            fn snapshot(&self) -> HashMap<K, V, S> {
                $name::snapshot(self)
            }
        }

        impl<K, V, S> Extend<(K, V)> for $name<K, V, S>
        where
            K: Hash + Eq + Clone + Send + Sync $($bound)*,
            V: Clone + Send + Sync $($bound)*,
            S: BuildHasher + Clone + Send + Sync $($bound)*,
        {
            /// Inserts one by one: each is a critical section of its own.
            fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
                for (key, value) in entries {
                    self.insert(key, value);
                }
            }
        }

        impl<K, V, S> FromIterator<(K, V)> for $name<K, V, S>
        where
            K: Hash + Eq + Clone + Send + Sync $($bound)*,
            V: Clone + Send + Sync $($bound)*,
            S: BuildHasher + Clone + Default + Send + Sync $($bound)*,
        {
            fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
                let mut map = Self::with_hasher(S::default());
                map.extend(entries);
                map
            }
        }
    };
}
use maps;
