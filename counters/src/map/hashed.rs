//! A key together with its hash, which is computed once: the shard is found by it, and then the place in the shard's table.

use std::hash::{Hash, Hasher};

/// A key, or a reference to one, and its hash by the map's hasher.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashed<K> {
    pub(super) hash: u64,
    pub(super) key: K,
}

impl<K> Hash for Hashed<K> {
    /// Only the hash: equal keys have equal hashes.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}
