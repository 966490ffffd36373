//! The spec has no method of that name.

use raceproof::concurrent;
use raceproof::sync::Mutex;
use std::collections::VecDeque;

#[derive(Default)]
pub struct Queue {
    items: Mutex<VecDeque<u8>>,
}

#[concurrent(spec = VecDeque<u8>)]
impl Queue {
    pub fn push_back(&self, item: u8) {
        self.items.lock().unwrap_or_else(|e| e.into_inner()).push_back(item);
    }
    pub fn empty_out(&self) -> Vec<u8> {
        self.items.lock().unwrap_or_else(|e| e.into_inner()).drain(..).collect()
    }
}

fn main() {}
