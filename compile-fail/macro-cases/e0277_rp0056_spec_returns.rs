//! The spec's methods return something else.

use raceproof::concurrent;
use raceproof::sync::Mutex;
use std::collections::HashSet;

#[derive(Default)]
pub struct Names {
    names: Mutex<HashSet<u8>>,
}

#[concurrent(spec = HashSet<u8>)]
impl Names {
    pub fn insert(&self, name: u8) -> Option<u8> {
        self.names.lock().unwrap_or_else(|e| e.into_inner()).insert(name).then_some(name)
    }
    #[blocking]
    pub fn remove(&self, name: &u8) -> u8 {
        self.names.lock().unwrap_or_else(|e| e.into_inner()).take(name).unwrap_or(0)
    }
}

fn main() {}
