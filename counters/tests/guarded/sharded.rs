//! A state in parts: keys, threads, whole-object methods, panics in one part.

use raceproof::{Poison, guarded};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[guarded(sharded)]
#[derive(Debug)]
pub struct Stock<K, V> {
    entries: HashMap<K, V>,
}

#[guarded]
impl<K: Hash + Eq, V: Clone> Stock<K, V> {
    pub fn new() -> Self {
        Self { entries: HashMap::new() }
    }
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: HashMap::with_capacity(capacity) }
    }
    pub fn insert(&mut self, #[key] key: K, value: V) -> Option<V> {
        self.entries.insert(key, value)
    }
    pub fn get(&self, #[key] key: &K) -> Option<V> {
        self.entries.get(key).cloned()
    }
    #[merge(sum)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    #[merge(all)]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    #[merge(each)]
    pub fn clear(&mut self) {
        self.entries.clear();
    }
    #[merge(extend)]
    #[consistency(sequential)]
    pub fn values(&self) -> Vec<V> {
        self.entries.values().cloned().collect()
    }
    #[merge(with = Self::longer)]
    pub fn longest(&self, least: usize) -> Option<usize> {
        Some(self.entries.len()).filter(|len| *len >= least)
    }
    fn longer(a: Option<usize>, b: Option<usize>) -> Option<usize> {
        a.max(b)
    }
    pub fn fail(&mut self, #[key] key: K) {
        self.entries.clear();
        drop(key);
        panic!("on purpose");
    }
}

#[test]
fn keys_pick_parts_and_merges_fold_them() {
    let stock: Stock<u32, String> = Stock::new();
    assert!(stock.is_empty());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let stock = &stock;
            scope.spawn(move || {
                for key in 0..100 {
                    assert_eq!(stock.insert(1000 * thread + key, format!("{key}")), None);
                }
            });
        }
    });
    assert_eq!(stock.len(), 400);
    assert_eq!(stock.get(&2017).as_deref(), Some("17"));
    assert_eq!(stock.values().len(), 400);
    assert_eq!(stock.longest(1000), None);
    assert!(stock.longest(1).is_some());
    stock.clear();
    assert!(stock.is_empty());
    assert_eq!(stock.len(), 0);
    assert!(Stock::<u8, u8>::with_capacity(8).is_empty());
}

#[test]
fn a_panic_poisons_one_part_and_the_others_go_on() {
    let stock: Stock<u32, u32> = Stock::new();
    (0..100).for_each(|key| assert_eq!(stock.insert(key, key), None));
    assert!(catch_unwind(AssertUnwindSafe(|| stock.fail(7))).is_err());
    assert!(stock.is_poisoned());
    let message = catch_unwind(AssertUnwindSafe(|| stock.get(&7))).unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("`Stock` is poisoned"));
    let good = (0..100).filter(|key| catch_unwind(AssertUnwindSafe(|| stock.get(key))).is_ok_and(|got| got.is_some()));
    // With `explore` there are two parts, else many.
    let good = good.count();
    assert!((20..100).contains(&good), "the other parts go on, and that one does not: {good}");
    assert!(catch_unwind(AssertUnwindSafe(|| stock.len())).is_err());
    stock.clear_poison();
    assert_eq!(stock.len(), good);
    assert_eq!(stock.get(&7), None);
}

#[guarded(sharded, shards = 3)]
#[derive(Debug, Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub const fn new() -> Self {
        Self { value: 0 }
    }
    pub const fn starting_at(value: u64) -> Self {
        Self { value }
    }
    #[commutes]
    pub fn hit(&mut self) {
        self.value += 1;
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
    #[merge(sum)]
    #[consistency(quiescent)]
    pub fn about(&self) -> u64 {
        self.value
    }
}

static HITS: Hits = Hits::new();
static MORE: Hits = Hits::starting_at(100);

#[test]
fn a_counter_by_threads_adds_up() {
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| (0..100).for_each(|_| (HITS.hit(), MORE.hit()).0));
        }
    });
    assert_eq!((HITS.get(), HITS.about(), MORE.get()), (500, 500, 600));
    let parts = if raceproof::EXPLORE { 2 } else { 3 };
    assert_eq!(format!("{:?}", Hits::new()), vec!["Hits { value: 0 }"; parts].join(" | "));
}

/// The same method of a strategy that has a queue a thread for it.
#[guarded(actor, mailbox = rings)]
#[derive(Default)]
pub struct Posted {
    value: u64,
}

#[guarded]
impl Posted {
    #[commutes]
    pub fn hit(&mut self) {
        self.value += 1;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[test]
fn what_commutes_goes_into_rings() {
    let posted = Posted::default();
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| (0..100).for_each(|_| posted.hit()));
        }
    });
    assert_eq!(posted.get(), 500);
}

/// A key whose hash, or whose equality, panics.
#[derive(Clone, Debug)]
struct Hostile {
    hash: bool,
    eq: bool,
}

impl Hash for Hostile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        assert!(!self.hash, "a hash that panics");
        1_u8.hash(state);
    }
}

impl PartialEq for Hostile {
    fn eq(&self, _: &Self) -> bool {
        assert!(!self.eq, "an equality that panics");
        false
    }
}

impl Eq for Hostile {}

#[test]
fn a_hostile_key_has_a_clear_outcome() {
    let stock: Stock<Hostile, u8> = Stock::new();
    let (calm, hash, eq) =
        (Hostile { hash: false, eq: false }, Hostile { hash: true, eq: false }, Hostile { hash: false, eq: true });
    stock.insert(calm.clone(), 1);
    // A hash that panics does so before anything is locked.
    assert!(catch_unwind(AssertUnwindSafe(|| stock.insert(hash, 2))).is_err());
    assert!(!stock.is_poisoned());
    // An equality that panics does so inside the map: its part is poisoned, and says so.
    assert!(catch_unwind(AssertUnwindSafe(|| stock.get(&eq))).is_err());
    assert!(stock.is_poisoned());
    stock.clear_poison();
    assert_eq!(stock.len(), 1);
}

/// What these attributes say means nothing to a lock.
mod elsewhere {
    use raceproof::guarded;
    use std::collections::BTreeMap;

    #[guarded(rwlock)]
    #[derive(Default)]
    pub struct Sorted<K, V> {
        entries: BTreeMap<K, V>,
    }

    // The key has no `Hash`, and needs none here.
    #[guarded]
    impl<K: Ord, V: Copy> Sorted<K, V> {
        pub fn new() -> Self {
            Self { entries: BTreeMap::new() }
        }
        pub fn insert(&mut self, #[key] key: K, value: V) {
            self.entries.insert(key, value);
        }
        #[merge(sum)]
        #[consistency(sequential)]
        pub fn len(&self) -> usize {
            self.entries.len()
        }
    }

    #[test]
    fn under_another_strategy_they_mean_nothing() {
        let sorted = Sorted::new();
        sorted.insert("a", 1);
        assert_eq!(sorted.len(), 1);
    }
}

/// A field whose neutral value asks the very object whose parts are to be made of it.
struct Nosy(usize);

impl Default for Nosy {
    fn default() -> Self {
        Self(SELFISH.size())
    }
}

#[guarded(sharded, tests = off)]
#[derive(Default)]
struct Selfish {
    nosy: Nosy,
}

static SELFISH: Selfish = Selfish::at_start();

#[guarded]
impl Selfish {
    pub const fn at_start() -> Self {
        Self { nosy: Nosy(1) }
    }
    #[merge(sum)]
    pub fn size(&self) -> usize {
        self.nosy.0
    }
}

#[test]
fn a_neutral_part_that_asks_the_whole_is_told_so_and_does_not_hang() {
    for _ in 0..2 {
        let Err(told) = catch_unwind(|| SELFISH.size()) else { panic!("it cannot be answered") };
        let told = told.downcast_ref::<String>().expect("a message");
        assert!(
            told.contains("`Selfish` is called from inside the constructor that makes its own neutral parts"),
            "{told}"
        );
    }
}
