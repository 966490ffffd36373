//! Closures that would run under the lock, in every form.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn update(&mut self, change: impl FnOnce(u64) -> u64) {
        self.value = change(self.value);
    }
    pub fn with<F: Fn(u64)>(&self, look: F) {
        look(self.value);
    }
    pub fn each<F>(&self, look: F)
    where
        F: FnMut(u64),
    {
        (0..self.value).for_each(look);
    }
    pub fn by_reference(&self, look: &dyn Fn(u64)) {
        look(self.value);
    }
    pub fn boxed(&mut self, change: Box<dyn FnOnce(u64) -> u64>) {
        self.value = change(self.value);
    }
    #[allow_callback]
    pub fn allowed(&self, look: impl Fn(u64)) {
        look(self.value);
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
