//! One map, in every strategy that can carry it.
//!
//! Each method is one critical section, so there is no gap between looking and acting: what other maps make of
//! `contains_key` and `insert` is [`MutexMap::get_or_insert`] here.
//!
//! ```
//! use raceproof::map::RwLockMap;
//!
//! let stock: RwLockMap<&str, u32> = RwLockMap::new();
//! stock.insert("apples", 3);
//! assert_eq!(stock.get(&"apples"), Some(3));
//! assert_eq!(stock.get_or_insert("pears", 7), 7);
//! assert_eq!(stock.len(), 2);
//! ```

use crate::guarded;
use std::collections::HashMap;
use std::hash::Hash;

/// The same struct and the same impl, under each strategy: nothing but the attribute differs.
macro_rules! map {
    ($(#[$doc:meta])* $name:ident, $strategy:ident) => {
        #[guarded($strategy)]
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $name<K, V> {
            entries: HashMap<K, V>,
        }

        #[guarded]
        impl<K: Hash + Eq, V: Clone> $name<K, V> {
            /// An empty map.
            pub fn new() -> Self {
                Self { entries: HashMap::new() }
            }

            /// A copy of the value under a key.
            pub fn get(&self, key: &K) -> Option<V> {
                self.entries.get(key).cloned()
            }

            /// Puts a value under a key, and returns the one that was there.
            pub fn insert(&mut self, key: K, value: V) -> Option<V> {
                self.entries.insert(key, value)
            }

            /// Takes the value under a key out.
            pub fn remove(&mut self, key: &K) -> Option<V> {
                self.entries.remove(key)
            }

            /// A copy of the value under a key, which is put there first if there is none.
            pub fn get_or_insert(&mut self, key: K, value: V) -> V {
                self.entries.entry(key).or_insert(value).clone()
            }

            /// Whether there is a value under a key.
            pub fn contains_key(&self, key: &K) -> bool {
                self.entries.contains_key(key)
            }

            /// How many keys there are.
            pub fn len(&self) -> usize {
                self.entries.len()
            }

            /// Whether there is no key.
            pub fn is_empty(&self) -> bool {
                self.entries.is_empty()
            }

            /// Takes everything out.
            pub fn clear(&mut self) {
                self.entries.clear();
            }
        }
    };
}

map! {
    /// A map behind a mutex.
    MutexMap, mutex
}
map! {
    /// A map behind a read-write lock: readers share it.
    RwLockMap, rwlock
}
