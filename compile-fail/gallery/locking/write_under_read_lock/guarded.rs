// The receiver says which lock a method runs under: `&self` the read lock, `&mut self` the write lock.

use std::thread;

use raceproof::guarded;

#[guarded(rwlock)]
pub struct Settings {
    requests_per_second: u32,
}

#[guarded]
impl Settings {
    pub const fn new(requests_per_second: u32) -> Self {
        Self { requests_per_second }
    }

    pub fn limit(&self) -> u32 {
        self.requests_per_second
    }

    pub fn raise_limit(&mut self) {
        self.requests_per_second *= 2;
    }
}

fn main() {
    let settings = Settings::new(50);
    thread::scope(|scope| {
        scope.spawn(|| settings.raise_limit());
        scope.spawn(|| settings.raise_limit());
    });
    assert_eq!(settings.limit(), 200);
}
