//! A key together with its hash, which is computed once: the shard is found by it, and then the place in the shard's table.

use crate::strategy::already;
use std::hash::{Hash, Hasher};

/// A key, or a reference to one, and its hash by the map's hasher.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashed<K> {
    pub(super) hash: u64,
    pub(super) key: K,
}

impl<K> Hash for Hashed<K> {
    /// Only the hash: equal keys have equal hashes.
    ///
    /// The shard is found by the upper bits of what is written here. The table in it takes the lowest bits for the place and
    /// the highest for its tags, so what stands in the middle comes up.
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i128(already(self.place()));
    }
}

impl<K> Hashed<K> {
    /// What the shard is found by.
    #[inline(always)]
    pub(super) fn place(&self) -> u64 {
        self.hash.rotate_left(32)
    }
}
