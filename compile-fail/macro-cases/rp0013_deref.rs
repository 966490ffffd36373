//! Traits that hand out references into the state.

use raceproof::guarded;

use std::ops::{Deref, DerefMut, Index};

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Deref for Counter {
    type Target = u64;
    fn deref(&self) -> &u64 {
        &self.value
    }
}

#[guarded]
impl DerefMut for Counter {
    fn deref_mut(&mut self) -> &mut u64 {
        &mut self.value
    }
}

#[guarded]
impl Index<usize> for Counter {
    type Output = u64;
    fn index(&self, _: usize) -> &u64 {
        &self.value
    }
}

#[guarded]
impl AsRef<u64> for Counter {
    fn as_ref(&self) -> &u64 {
        &self.value
    }
}

#[guarded]
impl std::borrow::Borrow<u64> for Counter {
    fn borrow(&self) -> &u64 {
        &self.value
    }
}

fn main() {}
