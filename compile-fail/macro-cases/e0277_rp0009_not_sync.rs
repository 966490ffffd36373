//! A field that several readers may not look at, under a read-write lock.

use raceproof::guarded;

use std::cell::Cell;

#[guarded(rwlock)]
pub struct Cache {
    hits: Cell<u64>,
}

#[guarded]
impl Cache {
    pub fn hit(&self) {
        self.hits.set(self.hits.get() + 1);
    }
}

fn main() {}
