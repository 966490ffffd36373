//! Maps in one piece: std's, behind a strategy.

use super::maps;
use crate::guarded;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

/// The same struct and the same impl, under each strategy: nothing but the attribute differs.
macro_rules! whole {
    ($(#[$doc:meta])* $name:ident, [$($strategy:tt)*], [$($k:tt)*], [$($v:tt)*], [$($q:tt)*], [$($bound:tt)*]) => {
        #[guarded($($strategy)*)]
        $(#[$doc])*
        pub struct $name<K, V, S = RandomState> {
            entries: HashMap<K, V, S>,
        }

        #[guarded]
        impl<K: Hash + Eq $($k)*, V: Clone $($v)*, S: BuildHasher $($k)*> $name<K, V, S> {
            /// An empty map with this hasher.
            pub const fn with_hasher(hasher: S) -> Self {
                Self { entries: HashMap::with_hasher(hasher) }
            }

            /// A copy of the value under a key.
            #[explored(Q = K)]
            pub fn get<Q>(&self, #[key] key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
                Q: Hash + Eq + ?Sized $($q)*,
            {
                self.entries.get(key).cloned()
            }

            /// Puts a value under a key, and returns the one that was there.
            pub fn insert(&mut self, #[key] key: K, value: V) -> Option<V> {
                self.entries.insert(key, value)
            }

            /// Takes the value under a key out.
            #[explored(Q = K)]
            pub fn remove<Q>(&mut self, #[key] key: &Q) -> Option<V>
            where
                K: Borrow<Q>,
                Q: Hash + Eq + ?Sized $($q)*,
            {
                self.entries.remove(key)
            }

            /// Whether there is a value under a key.
            #[explored(Q = K)]
            pub fn contains_key<Q>(&self, #[key] key: &Q) -> bool
            where
                K: Borrow<Q>,
                Q: Hash + Eq + ?Sized $($q)*,
            {
                self.entries.contains_key(key)
            }

            /// A copy of the value under a key, which is put there first if there is none.
            pub fn get_or_insert(&mut self, #[key] key: K, value: V) -> V {
                self.entries.entry(key).or_insert(value).clone()
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

            /// The whole content, at one moment: what to iterate over.
            pub fn snapshot(&self) -> HashMap<K, V, S>
            where
                K: Clone,
                S: Clone,
            {
                self.entries.clone()
            }
        }

        #[guarded(block = 1)]
        impl<K: Hash + Eq, V: Clone> $name<K, V> {
            /// An empty map.
            pub fn new() -> Self {
                Self { entries: HashMap::new() }
            }
        }

        maps!($name [$($bound)*]);
    };
}

/// The methods that take closures, where those run once.
macro_rules! with_closures {
    ($name:ident, [$($k:tt)*], [$($q:tt)*], [$($f:tt)*]) => {
        #[guarded(block = 2)]
        impl<K: Hash + Eq $($k)*, V: Clone $($k)*, S: BuildHasher $($k)*> $name<K, V, S> {
            /// A copy of the value under a key; if there is none, `make` makes one inside the critical section, and it is
            /// put there. If it panics the map is poisoned.
            #[allow_callback]
            pub fn get_or_insert_with<F: FnOnce() -> V $($f)*>(&mut self, #[key] key: K, make: F) -> V {
                self.entries.entry(key).or_insert_with(make).clone()
            }

            /// Changes the value under a key inside the critical section, if there is one; says whether there was. If
            /// `change` panics the map is poisoned.
            #[allow_callback]
            pub fn update<Q, F>(&mut self, #[key] key: &Q, change: F) -> bool
            where
                K: Borrow<Q>,
                Q: Hash + Eq + ?Sized $($q)*,
                F: FnOnce(&mut V) $($f)*,
            {
                self.entries.get_mut(key).map(change).is_some()
            }
        }
    };
}

whole! {
    /// A map behind a mutex.
    #[derive(Clone, Debug, Default)]
    MutexMap, [mutex], [], [], [], []
}
with_closures!(MutexMap, [], [], []);

whole! {
    /// A map behind a read-write lock: readers share it.
    #[derive(Clone, Debug, Default)]
    RwLockMap, [rwlock], [], [], [], []
}
with_closures!(RwLockMap, [], [], []);

whole! {
    /// A map in two copies: readers look at one of them and wait for nobody, a writer changes the other one, shows it, and
    /// makes the same change to the first.
    ///
    /// What changes the map may run twice, and must do the same both times.
    #[derive(Clone, Debug, Default)]
    LeftRightMap, [left_right], [+ Clone], [], [], []
}

#[guarded(block = 2)]
impl<K: Hash + Eq + Clone, V: Clone, S: BuildHasher + Clone> LeftRightMap<K, V, S> {
    /// Changes the value under a key, if there is one; says whether there was. `change` runs on each copy. If it panics
    /// the map is as it was.
    #[allow_callback]
    pub fn update<Q, F>(&mut self, #[key] key: &Q, change: F) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        F: Fn(&mut V) + Clone,
    {
        self.entries.get_mut(key).map(change).is_some()
    }
}

impl<K: Hash + Eq + Clone, V: Clone, S: BuildHasher + Clone> LeftRightMap<K, V, S> {
    /// A copy of the value under a key; if there is none, `make` makes one, and it is put there.
    ///
    /// A change is made twice and `make` runs once, so it runs before the critical section, and only where a first look
    /// finds nothing. Whether its value is used is decided inside, on what is there by then.
    pub fn get_or_insert_with<F: FnOnce() -> V>(&self, key: K, make: F) -> V {
        match self.get(&key) {
            Some(value) => value,
            None => self.get_or_insert(key, make()),
        }
    }
}

/// The other classic form of a map with an owner: closures that the owner runs.
macro_rules! with {
    ($name:ident) => {
        with_closures!($name, [+ Send + 'static], [+ Sync], [+ Send]);

        #[guarded(block = 3)]
        impl<K: Hash + Eq + Send + 'static, V: Clone + Send + 'static, S: BuildHasher + Send + 'static> $name<K, V, S> {
            /// Sends a closure to the map: its owner runs it, as one step among the other messages, and the caller gets
            /// its result. If it panics the map is poisoned.
            ///
            /// What several messages could not do in one step is one closure: moving an entry, or comparing two.
            #[allow_callback]
            pub fn with<R: Send, F: FnOnce(&mut HashMap<K, V, S>) -> R + Send>(&mut self, work: F) -> R {
                work(&mut self.entries)
            }
        }

        // By hand: a derive's own bounds do not say that what is asked of the owner can be sent to it.
        impl<K, V, S> Clone for $name<K, V, S>
        where
            K: Hash + Eq + Clone + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            /// The content at one moment, with an owner of its own.
            fn clone(&self) -> Self {
                let entries = self.snapshot();
                let clone = Self::with_hasher(entries.hasher().clone());
                clone.with(|empty| *empty = entries);
                clone
            }
        }

        impl<K, V, S> std::fmt::Debug for $name<K, V, S>
        where
            K: Hash + Eq + Clone + Send + Sync + std::fmt::Debug + 'static,
            V: Clone + Send + Sync + std::fmt::Debug + 'static,
            S: BuildHasher + Clone + Send + Sync + 'static,
        {
            /// The content at one moment.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("entries", &self.snapshot()).finish()
            }
        }
    };
}

whole! {
    /// A map that a thread of its own owns: calls are messages, and replies come back to who asked. The thread starts with
    /// the first call, and ends with the map.
    ///
    /// ```
    /// use raceproof::map::ActorMap;
    ///
    /// let stock: ActorMap<String, u32> = ActorMap::new();
    /// stock.insert("apples".to_owned(), 3);                        // request and reply
    /// assert_eq!(stock.get("apples"), Some(3));
    /// let sold = stock.with(|entries| {                            // a closure that the owner runs
    ///     let apples = entries.get_mut("apples")?;
    ///     *apples -= 1;
    ///     Some(*apples)
    /// });
    /// assert_eq!(sold, Some(2));
    /// ```
    #[derive(Default)]
    ActorMap, [actor], [+ Send + Sync + 'static], [+ Send + 'static], [+ Sync], [+ 'static]
}
with!(ActorMap);

whole! {
    /// A map with a mailbox and no thread: whoever finds it idle runs his own call and those that come meanwhile, one after
    /// the other.
    #[derive(Default)]
    SerialMap, [actor, owner = caller], [+ Send + Sync + 'static], [+ Send + 'static], [+ Sync], [+ 'static]
}
with!(SerialMap);
