//! The table of one shard: buckets of seven entries, whose tags stand in the cache line of the first ones.
//!
//! Where threads share a map, what an operation costs is the cache lines that other threads have written to. A table with
//! its tags in one array and its entries in another touches two beside the shard's lock, one after the other. Here it is
//! one for most operations, with entries up to 16 bytes, and it can be named before the lock is taken: see
//! [`hints`](super::hints).
//!
//! | byte of a bucket's first word | |
//! |---|---|
//! | 0 to 6: tags | 0: the place is free; else the top bit, and seven bits of the entry's hash |
//! | 7: `passed` | how many entries belong to this bucket or one before it and lie beyond it, because it was full; once at 255 it stays |
//!
//! An entry lies in its home bucket, which the lowest bits of its hash name, or in the next one with room. So a search ends
//! at a bucket that nobody has passed. Buckets are half empty on purpose: where one in ten was passed, the branch that the
//! processor had guessed wrong cost more than all lines that were saved (measured, with buckets of three).

use super::hints::Hint;
use std::mem::{self, MaybeUninit};

/// Entries of a bucket: their tags and `passed` are one word.
const PLACES: usize = 7;
/// `passed` has been so large that it is no longer a number.
const MANY: u8 = u8::MAX;

/// Keys and values, found by a hash that the caller computes.
pub(super) struct Table<K, V> {
    /// A power of two, or none.
    buckets: Vec<Bucket<K, V>>,
    len: usize,
}

// In this order: the tags share their line with the first entries, which are taken first.
#[repr(C, align(64))]
struct Bucket<K, V> {
    tags: Tags,
    /// Where the tag is not 0 there is an entry.
    entries: [MaybeUninit<(K, V)>; PLACES],
}

/// Where an entry is.
#[derive(Clone, Copy)]
struct Place {
    bucket: usize,
    place: usize,
}

/// The tags of a bucket in the lower bytes, to be compared all at once, and `passed` in the highest.
#[derive(Clone, Copy)]
struct Tags(u64);

/// Of some places the top bit of the tag.
#[derive(Clone, Copy)]
struct Places(u64);

/// A tag's lowest bit, in each place.
const LOWEST: u64 = 0x01_0101_0101_0101;
/// A tag's top bit, in each place.
const TOP: u64 = LOWEST << 7;

#[inline(always)]
fn tag_of(hash: u64) -> u64 {
    hash >> 57 | 0x80
}

impl Tags {
    /// The places with this tag; and perhaps some with a tag that differs from it in the lowest bit. None that is free.
    #[inline(always)]
    fn like(self, tag: u64) -> Places {
        // A byte is 0 where the tag is the same. Taking 1 from each byte gives such a one its top bit; so it does to a byte
        // that is 1, above one that is 0. A free place has the tag itself here, and so had the top bit before.
        let differs = self.0 ^ (tag * LOWEST);
        Places(differs.wrapping_sub(LOWEST) & !differs & TOP)
    }

    #[inline(always)]
    fn free(self) -> Places {
        Places(!self.0 & TOP)
    }

    #[inline(always)]
    fn taken(self) -> Places {
        Places(self.0 & TOP)
    }

    #[inline(always)]
    fn take(&mut self, place: usize, tag: u64) {
        self.0 |= tag << (8 * place);
    }

    #[inline(always)]
    fn release(&mut self, place: usize) {
        self.0 &= !(0xff << (8 * place));
    }

    #[inline(always)]
    fn passed(self) -> u8 {
        (self.0 >> 56) as u8
    }

    #[inline(always)]
    fn set_passed(&mut self, passed: u8) {
        self.0 = self.0 & !(0xff << 56) | u64::from(passed) << 56;
    }
}

impl Iterator for Places {
    type Item = usize;
    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let place = (self.0 != 0).then(|| self.0.trailing_zeros() as usize / 8)?;
        self.0 &= self.0 - 1;
        Some(place)
    }
}

impl<K, V> Bucket<K, V> {
    const fn new() -> Self {
        Self { tags: Tags(0), entries: [const { MaybeUninit::uninit() }; PLACES] }
    }
}

impl<K, V> Table<K, V> {
    /// How far one bucket is from the next, in bytes.
    pub(super) const STRIDE: usize = size_of::<Bucket<K, V>>();

    pub(super) const fn new() -> Self {
        Self { buckets: Vec::new(), len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn find(&self, hash: u64, is_it: impl Fn(&K) -> bool) -> Option<Place> {
        let mask = self.buckets.len().checked_sub(1)?;
        let tag = tag_of(hash);
        let mut bucket = hash as usize & mask;
        for _ in 0..=mask {
            let Bucket { tags, entries } = &self.buckets[bucket];
            for place in tags.like(tag) {
                // SAFETY: the place is not free, so there is an entry.
                if is_it(unsafe { &entries[place].assume_init_ref().0 }) {
                    return Some(Place { bucket, place });
                }
            }
            if tags.passed() == 0 {
                return None;
            }
            bucket = (bucket + 1) & mask;
        }
        None
    }

    /// The value of the key that it is.
    #[inline(always)]
    pub(super) fn get(&self, hash: u64, is_it: impl Fn(&K) -> bool) -> Option<&V> {
        let Place { bucket, place } = self.find(hash, is_it)?;
        // SAFETY: `find` has found an entry there.
        Some(unsafe { &self.buckets[bucket].entries[place].assume_init_ref().1 })
    }

    /// The value of the key that it is, to change.
    #[inline(always)]
    pub(super) fn get_mut(&mut self, hash: u64, is_it: impl Fn(&K) -> bool) -> Option<&mut V> {
        let Place { bucket, place } = self.find(hash, is_it)?;
        // SAFETY: `find` has found an entry there.
        Some(unsafe { &mut self.buckets[bucket].entries[place].assume_init_mut().1 })
    }

    /// Takes the entry out whose key it is.
    #[inline(always)]
    pub(super) fn remove(&mut self, hash: u64, is_it: impl Fn(&K) -> bool) -> Option<(K, V)> {
        let Place { bucket, place } = self.find(hash, is_it)?;
        let mask = self.buckets.len() - 1;
        let mut home = hash as usize & mask;
        while home != bucket {
            // A key that changes its hash may find an entry that another hash has put there: no number goes below 0.
            let tags = &mut self.buckets[home].tags;
            if tags.passed() != MANY {
                tags.set_passed(tags.passed().saturating_sub(1));
            }
            home = (home + 1) & mask;
        }
        self.len -= 1;
        let bucket = &mut self.buckets[bucket];
        bucket.tags.release(place);
        // SAFETY: `find` has found an entry there; from now on the tag says that there is none.
        Some(unsafe { bucket.entries[place].assume_init_read() })
    }

    /// Puts an entry in, of a key that is not there. `hash_of` is asked for the hashes of others when the table grows; if
    /// it panics nothing has changed.
    #[inline(always)]
    pub(super) fn add(&mut self, hash: u64, entry: (K, V), hash_of: impl Fn(&K) -> u64, hint: Hint<'_>) -> &mut V {
        // At most five of eight places are taken, so that few buckets are full; and there is always a free one.
        if self.len >= self.buckets.len() * PLACES * 5 / 8 {
            self.grow(hash_of);
            hint.tell((self.buckets.as_ptr().addr(), self.buckets.len()));
        }
        self.put(hash, entry)
    }

    /// The same, where there is room.
    #[inline(always)]
    fn put(&mut self, hash: u64, entry: (K, V)) -> &mut V {
        let mask = self.buckets.len() - 1;
        let mut at = hash as usize & mask;
        let place = loop {
            let bucket = &mut self.buckets[at];
            if let Some(free) = bucket.tags.free().next() {
                break free;
            }
            bucket.tags.set_passed(bucket.tags.passed().saturating_add(1));
            at = (at + 1) & mask;
        };
        self.len += 1;
        let bucket = &mut self.buckets[at];
        bucket.tags.take(place, tag_of(hash));
        &mut bucket.entries[place].write(entry).1
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, hash_of: impl Fn(&K) -> u64) {
        // All hashes first: what computes them is the user's, and may panic.
        let hashes: Vec<u64> = self.iter().map(|(key, _)| hash_of(key)).collect();
        let count = (2 * self.buckets.len()).max(1);
        let mut larger = Self { buckets: Vec::with_capacity(count), len: 0 };
        larger.buckets.resize_with(count, Bucket::new);
        let mut hashes = hashes.into_iter();
        self.take_out(|entry| {
            let Some(hash) = hashes.next() else { unreachable!("as many hashes as entries, in their order") };
            larger.put(hash, entry);
        });
        *self = larger;
    }

    /// Takes all entries out, in the order of [`iter`](Self::iter). If `with` panics the rest stays where it is.
    fn take_out(&mut self, mut with: impl FnMut((K, V))) {
        for bucket in &mut self.buckets {
            for place in bucket.tags.taken() {
                bucket.tags.release(place);
                self.len -= 1;
                // SAFETY: there was a tag, so there is an entry; from now on the tag says that there is none.
                with(unsafe { bucket.entries[place].assume_init_read() });
            }
        }
        // Not on the way: while entries are left that had passed a bucket, it must say so.
        self.buckets.iter_mut().for_each(|bucket| bucket.tags.set_passed(0));
    }

    /// Takes everything out, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.take_out(drop);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.buckets.iter().flat_map(|bucket| {
            // SAFETY: the place is taken, so there is an entry.
            bucket.tags.taken().map(|place| unsafe { bucket.entries[place].assume_init_ref() })
        })
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        if mem::needs_drop::<(K, V)>() {
            self.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hints::Hints;
    use super::{Bucket, Table};
    use std::collections::HashMap;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::rc::Rc;

    type Words = Table<u64, Rc<u64>>;

    static HINTS: Hints<1> = Hints::new();

    /// What the map does with a key.
    fn insert(table: &mut Words, hash: fn(&u64) -> u64, key: u64, value: Rc<u64>) -> Option<Rc<u64>> {
        match table.get_mut(hash(&key), |found| *found == key) {
            Some(there) => Some(std::mem::replace(there, value)),
            None => {
                table.add(hash(&key), (key, value), hash, HINTS.of(0));
                None
            }
        }
    }

    /// Ten thousand steps beside std's map: what each returns, and at last the content; and no value is lost or dropped
    /// twice.
    fn beside_std(hash: fn(&u64) -> u64, keys: u64) {
        let alive = Rc::new(0);
        let mut table = Words::new();
        let mut model: HashMap<u64, u64> = HashMap::new();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for step in 0..10_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = (random >> 33) % keys;
            match random >> 60 {
                0..6 => {
                    let old = insert(&mut table, hash, key, Rc::clone(&alive));
                    assert_eq!(old.is_some(), model.insert(key, step).is_some(), "step {step}");
                }
                6..12 => {
                    let old = table.remove(hash(&key), |found| *found == key);
                    assert_eq!(old.map(|(key, _)| key), model.remove(&key).map(|_| key), "step {step}");
                }
                12..15 => {
                    let there = table.get(hash(&key), |found| *found == key);
                    assert_eq!(there.is_some(), model.contains_key(&key), "step {step}");
                }
                _ if step % 64 == 0 => {
                    table.clear();
                    model.clear();
                }
                _ => {}
            }
            assert_eq!((table.len(), Rc::strong_count(&alive)), (model.len(), model.len() + 1), "step {step}");
        }
        let (mut ours, mut theirs): (Vec<u64>, Vec<u64>) =
            (table.iter().map(|(key, _)| *key).collect(), model.into_keys().collect());
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
        drop(table);
        assert_eq!(Rc::strong_count(&alive), 1);
    }

    fn spread(key: &u64) -> u64 {
        key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    }

    #[test]
    fn it_does_what_a_map_does() {
        beside_std(spread, 5);
        beside_std(spread, 1_000);
    }

    #[test]
    fn hashes_that_meet_cost_time_and_nothing_else() {
        beside_std(|_| 0, 30);
        // More than `passed` can count have their home in the last bucket.
        beside_std(|_| u64::MAX, 400);
        beside_std(|key| key % 2, 300);
    }

    #[test]
    fn a_hash_that_panics_while_the_table_grows_changes_nothing() {
        let mut table = Words::new();
        let value = Rc::new(0);
        for key in 0..100 {
            let grown = catch_unwind(AssertUnwindSafe(|| {
                table.add(spread(&key), (key, Rc::clone(&value)), |_| panic!("on purpose"), HINTS.of(0));
            }));
            if grown.is_err() {
                assert_eq!(table.len() as u64, key);
                table.add(spread(&key), (key, Rc::clone(&value)), spread, HINTS.of(0));
            }
        }
        assert!((0..100).all(|key| table.get(spread(&key), |found| *found == key).is_some()));
        drop(table);
        assert_eq!(Rc::strong_count(&value), 1);
    }

    #[test]
    fn keys_that_change_their_hash_are_lost_and_no_memory_with_them() {
        thread_local! { static TURN: std::cell::Cell<u64> = const { std::cell::Cell::new(0) } }
        let moody = |key: &u64| {
            TURN.set(TURN.get() + 1);
            spread(&(key ^ (TURN.get() % 3)))
        };
        let value = Rc::new(0);
        let mut table = Words::new();
        for key in 0..2_000 {
            table.add(moody(&key), (key, Rc::clone(&value)), moody, HINTS.of(0));
            table.remove(moody(&(key / 2)), |found| *found == key / 2);
        }
        assert_eq!(Rc::strong_count(&value), table.len() + 1);
        assert_eq!(table.iter().count(), table.len());
        drop(table);
        assert_eq!(Rc::strong_count(&value), 1);
    }

    #[test]
    fn what_panics_as_it_is_dropped_leaves_a_table() {
        struct Loud(bool);
        impl Drop for Loud {
            fn drop(&mut self) {
                assert!(!self.0, "on purpose");
            }
        }
        let mut table = Table::new();
        (0..50_u64).for_each(|key| _ = table.add(spread(&key), (key, Loud(key == 25)), spread, HINTS.of(0)));
        assert!(catch_unwind(AssertUnwindSafe(|| table.clear())).is_err());
        let left: Vec<u64> = table.iter().map(|(key, _)| *key).collect();
        assert_eq!(left.len(), table.len());
        assert!(left.iter().all(|key| *key != 25 && table.get(spread(key), |found| found == key).is_some()));
    }

    #[test]
    fn the_tags_share_a_line_with_the_first_entries() {
        assert_eq!(size_of::<Bucket<u64, u64>>(), 128);
        assert_eq!(std::mem::offset_of!(Bucket<u64, u64>, entries), 8);
    }
}
