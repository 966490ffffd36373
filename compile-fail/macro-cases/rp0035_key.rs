//! `#[key]` where nothing is looked up, twice, on top of a fold, and with something to say.

use raceproof::guarded;

#[guarded(sharded)]
#[derive(Default)]
pub struct Stock {
    entries: Vec<(u64, u64)>,
}

#[guarded]
impl Stock {
    pub fn with_first(#[key] key: u64) -> Self {
        Self { entries: vec![(key, 0)] }
    }
    pub fn rename(&mut self, #[key] from: u64, #[key] to: u64) {
        self.entries.retain(|entry| entry.0 != from);
        self.entries.push((to, 0));
    }
    #[merge(sum)]
    pub fn count(&self, #[key] key: u64) -> usize {
        self.entries.iter().filter(|entry| entry.0 == key).count()
    }
    pub fn add(&mut self, #[key(hash)] key: u64) {
        self.put(key);
    }
    fn put(&mut self, #[key] key: u64) {
        self.entries.push((key, 0));
    }
    #[merge(sum)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(stock: &Stock) -> usize {
    stock.len()
}

fn main() {}
