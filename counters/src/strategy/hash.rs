//! The hash that finds a key's shard: the same in every build, for every object, and of a fixed, small cost.
//!
//! It is a folded multiplication: a product of 64 by 64 bits, its halves combined, so that each bit of the key reaches
//! many of the hash. Whoever knows it can choose keys that meet in one shard; that makes them wait for each other, as they
//! would behind one lock, and nothing worse: a table inside the state has a hasher of its own.

use std::hash::{Hash, Hasher};

/// Odd, and its bits without a pattern: the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// The fraction of pi: what an empty key is.
const START: u64 = 0x243f_6a88_85a3_08d3;

/// Above a hash that a key brings with it, see [`already`]. Any number would do that no key is likely to have there.
const ALREADY: u64 = 0x452821e6_38d01377;

/// What a key writes to a hasher if it knows its hash, so that [`fixed_hash`] takes that as it is.
#[inline(always)]
pub(crate) fn already(hash: u64) -> i128 {
    (u128::from(ALREADY) << 64 | u128::from(hash)) as i128
}

/// The hash of a key.
#[inline]
pub fn fixed_hash<K: Hash + ?Sized>(key: &K) -> u64 {
    let mut hasher = Folded(START);
    key.hash(&mut hasher);
    hasher.finish()
}

struct Folded(u64);

impl Folded {
    #[inline]
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for Folded {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            // The length too: zeros at the end would count for nothing otherwise.
            self.add(u64::from_le_bytes(last) ^ ((rest.len() as u64) << 56));
        }
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.add(value.into());
    }
    #[inline]
    fn write_u16(&mut self, value: u16) {
        self.add(value.into());
    }
    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(value.into());
    }
    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }
    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }
    #[inline]
    fn write_u128(&mut self, value: u128) {
        self.add(value as u64);
        self.add((value >> 64) as u64);
    }
    #[inline]
    fn write_i128(&mut self, value: i128) {
        if (value as u128 >> 64) as u64 == ALREADY {
            self.0 = value as u64;
        } else {
            self.write_u128(value as u128);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixed_hash;
    use std::collections::HashSet;

    #[test]
    fn keys_spread_over_every_power_of_two() {
        for shards in [2_u64, 16, 256] {
            for step in [1_u64, 8, 64, 4096, 1 << 32] {
                let mut filled = vec![0_u32; shards as usize];
                let keys = shards * 256;
                for key in 0..keys {
                    filled[(fixed_hash(&(key * step)) >> 32) as usize % shards as usize] += 1;
                }
                let most = *filled.iter().max().unwrap();
                let least = *filled.iter().min().unwrap();
                assert!(most < 2 * 256 && least > 256 / 2, "{shards} shards, step {step}: {least} to {most}");
            }
        }
    }

    #[test]
    fn a_key_hashes_as_what_it_is_borrowed_as_and_unlike_its_neighbours() {
        assert_eq!(fixed_hash("apple"), fixed_hash(&"apple".to_owned()));
        assert_eq!(fixed_hash(&[1_u8, 2][..]), fixed_hash(&vec![1_u8, 2]));
        assert_eq!(fixed_hash(&7_u64), fixed_hash(&&7_u64));
        let texts: Vec<String> = (0..10_000).map(|n| format!("key{n}")).collect();
        assert_eq!(texts.iter().map(fixed_hash).collect::<HashSet<_>>().len(), texts.len());
        let zeros: HashSet<u64> = (0..32).map(|n| fixed_hash(&vec![0_u8; n])).collect();
        assert_eq!(zeros.len(), 32);
    }
}
