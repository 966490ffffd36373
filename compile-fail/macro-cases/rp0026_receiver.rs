//! The plain state is in no `Arc`.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn shared(self: std::sync::Arc<Self>) -> u64 {
        self.value
    }
    pub fn boxed(self: Box<Self>) -> u64 {
        self.value
    }
    pub fn for_ever(&'static self) -> u64 {
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

// No second wave: what is not refused works, and what is refused is there.
fn user(counter: &Counter) -> u64 {
    counter.get()
}

fn main() {}
