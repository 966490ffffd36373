//! What a person would take instead.

use super::{Hand, Hasher, Shared, contender, hasher};
use crate::measure::{Contender, Kind};
use std::collections::HashMap;

pub(super) fn all<const READS: u64>() -> Vec<Contender> {
    vec![
        contender::<Private, READS>("private map a thread", Kind::Baseline),
        contender::<std::sync::Mutex<Plain>, READS>("std Mutex", Kind::Peer),
        contender::<std::sync::RwLock<Plain>, READS>("std RwLock", Kind::Peer),
        contender::<parking_lot::Mutex<Plain>, READS>("parking_lot Mutex", Kind::Peer),
        contender::<parking_lot::RwLock<Plain>, READS>("parking_lot RwLock", Kind::Peer),
        contender::<Dash, READS>("dashmap", Kind::Peer),
        contender::<Dash64, READS>("dashmap, 64 shards", Kind::Peer),
        contender::<Scc, READS>("scc", Kind::Peer),
        contender::<Papaya, READS>("papaya, pin per operation", Kind::Peer),
        contender::<Papaya128, READS>("papaya, pin per 128", Kind::Peer),
        contender::<Flurry, READS>("flurry", Kind::Peer),
    ]
}

type Plain = HashMap<u64, u64, Hasher>;

fn plain() -> Plain {
    HashMap::with_hasher(hasher())
}

/// A map whose hand is a reference to it.
macro_rules! shared {
    ($ty:ty, $new:expr, |$this:ident, $key:ident, $value:ident| $get:expr, $insert:expr, $remove:expr) => {
        impl Shared for $ty {
            type Hand<'a> = &'a Self;
            fn new() -> Self {
                $new
            }
            fn hand(&self) -> &Self {
                self
            }
        }
        impl Hand for &$ty {
            #[inline(always)]
            fn get(&mut self, $key: u64) -> Option<u64> {
                let $this = &**self;
                $get
            }
            #[inline(always)]
            fn insert(&mut self, $key: u64, $value: u64) {
                let $this = &**self;
                $insert;
            }
            #[inline(always)]
            fn remove(&mut self, $key: u64) {
                let $this = &**self;
                $remove;
            }
        }
    };
}

shared!(
    std::sync::Mutex<Plain>,
    std::sync::Mutex::new(plain()),
    |this, key, value| this.lock().unwrap().get(&key).copied(),
    this.lock().unwrap().insert(key, value),
    this.lock().unwrap().remove(&key)
);
shared!(
    std::sync::RwLock<Plain>,
    std::sync::RwLock::new(plain()),
    |this, key, value| this.read().unwrap().get(&key).copied(),
    this.write().unwrap().insert(key, value),
    this.write().unwrap().remove(&key)
);
shared!(
    parking_lot::Mutex<Plain>,
    parking_lot::Mutex::new(plain()),
    |this, key, value| this.lock().get(&key).copied(),
    this.lock().insert(key, value),
    this.lock().remove(&key)
);
shared!(
    parking_lot::RwLock<Plain>,
    parking_lot::RwLock::new(plain()),
    |this, key, value| this.read().get(&key).copied(),
    this.write().insert(key, value),
    this.write().remove(&key)
);

struct Dash(dashmap::DashMap<u64, u64, Hasher>);
struct Dash64(dashmap::DashMap<u64, u64, Hasher>);
struct Scc(scc::HashMap<u64, u64, Hasher>);
struct Papaya(papaya::HashMap<u64, u64, Hasher>);
struct Flurry(flurry::HashMap<u64, u64, Hasher>);

shared!(
    Dash,
    Self(dashmap::DashMap::with_hasher(hasher())),
    |this, key, value| this.0.get(&key).map(|found| *found),
    this.0.insert(key, value),
    this.0.remove(&key)
);
shared!(
    Dash64,
    Self(dashmap::DashMap::with_hasher_and_shard_amount(hasher(), 64)),
    |this, key, value| this.0.get(&key).map(|found| *found),
    this.0.insert(key, value),
    this.0.remove(&key)
);
shared!(
    Scc,
    Self(scc::HashMap::with_hasher(hasher())),
    |this, key, value| this.0.read_sync(&key, |_, value| *value),
    this.0.upsert_sync(key, value),
    this.0.remove_sync(&key)
);
shared!(
    Papaya,
    Self(papaya::HashMap::with_hasher(hasher())),
    |this, key, value| this.0.pin().get(&key).copied(),
    {
        this.0.pin().insert(key, value);
    },
    {
        this.0.pin().remove(&key);
    }
);
shared!(
    Flurry,
    Self(flurry::HashMap::with_hasher(hasher())),
    |this, key, value| this.0.pin().get(&key).copied(),
    {
        this.0.pin().insert(key, value);
    },
    {
        this.0.pin().remove(&key);
    }
);

/// papaya with its guard kept for 128 operations, which its documentation recommends where it can be done.
struct Papaya128(papaya::HashMap<u64, u64, Hasher>);

struct Pinned<'a> {
    map: &'a papaya::HashMap<u64, u64, Hasher>,
    guard: papaya::LocalGuard<'a>,
    left: u32,
}

impl Pinned<'_> {
    #[inline(always)]
    fn pin(&mut self) {
        self.left -= 1;
        if self.left == 0 {
            self.guard = self.map.guard();
            self.left = 128;
        }
    }
}

impl Shared for Papaya128 {
    type Hand<'a> = Pinned<'a>;
    fn new() -> Self {
        Self(papaya::HashMap::with_hasher(hasher()))
    }
    fn hand(&self) -> Pinned<'_> {
        Pinned { map: &self.0, guard: self.0.guard(), left: 128 }
    }
}

impl Hand for Pinned<'_> {
    #[inline(always)]
    fn get(&mut self, key: u64) -> Option<u64> {
        self.pin();
        self.map.get(&key, &self.guard).copied()
    }
    #[inline(always)]
    fn insert(&mut self, key: u64, value: u64) {
        self.pin();
        self.map.insert(key, value, &self.guard);
    }
    #[inline(always)]
    fn remove(&mut self, key: u64) {
        self.pin();
        self.map.remove(&key, &self.guard);
    }
}

/// No sharing at all: the limit. Each hand has a map of its own, with the same keys.
struct Private;

impl Shared for Private {
    type Hand<'a> = Plain;
    fn new() -> Self {
        Self
    }
    fn hand(&self) -> Plain {
        let mut map = plain();
        map.extend((0..super::KEYS).step_by(2).map(|key| (key, key)));
        map
    }
}

impl Hand for Plain {
    #[inline(always)]
    fn get(&mut self, key: u64) -> Option<u64> {
        HashMap::get(self, &key).copied()
    }
    #[inline(always)]
    fn insert(&mut self, key: u64, value: u64) {
        HashMap::insert(self, key, value);
    }
    #[inline(always)]
    fn remove(&mut self, key: u64) {
        HashMap::remove(self, &key);
    }
}
