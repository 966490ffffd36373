//! Guards, and iterators that borrow.

use raceproof::guarded;

use std::collections::HashMap;
use std::collections::hash_map::Keys;
use std::sync::{Mutex, MutexGuard};

#[guarded]
pub struct Table {
    map: HashMap<u8, u8>,
    inner: Mutex<u8>,
}

#[guarded]
impl Table {
    pub fn lock(&self) -> MutexGuard<'_, u8> {
        self.inner.lock().unwrap()
    }
    pub fn keys(&self) -> Keys<'_, u8, u8> {
        self.map.keys()
    }
    pub fn values(&self) -> impl Iterator<Item = &u8> + '_ {
        self.map.values()
    }
    pub fn pairs(&self) -> Box<dyn Iterator<Item = (&u8, &u8)> + '_> {
        Box::new(self.map.iter())
    }
    pub fn len(&self) -> usize {
        self.map.len()
    }
}

fn main() {}
