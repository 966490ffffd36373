//! Folds that do not exist, say nothing, say it twice, or stand where nothing is folded.

use raceproof::guarded;

#[guarded(sharded)]
#[derive(Default)]
pub struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    #[merge(sum)]
    pub fn new() -> Self {
        Self { value: 0 }
    }
    #[merge]
    pub fn nothing(&self) -> u64 {
        self.value
    }
    #[merge(average)]
    pub fn average(&self) -> u64 {
        self.value
    }
    #[merge(by = u64::max)]
    pub fn most(&self) -> u64 {
        self.value
    }
    #[merge(sum)]
    #[merge(max)]
    pub fn twice(&self) -> u64 {
        self.value
    }
    #[merge(each)]
    pub fn take(&mut self) -> u64 {
        std::mem::take(&mut self.value)
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(hits: &Hits) -> u64 {
    hits.get()
}

fn main() {}
