// Whoever changes the settings asks for the write lock, and is alone with them.

use std::sync::RwLock;
use std::thread;

struct Settings {
    requests_per_second: u32,
}

fn raise_limit(settings: &RwLock<Settings>) {
    let mut alone = settings.write().unwrap();
    alone.requests_per_second *= 2;
}

fn main() {
    let settings = RwLock::new(Settings { requests_per_second: 50 });
    thread::scope(|scope| {
        scope.spawn(|| raise_limit(&settings));
        scope.spawn(|| raise_limit(&settings));
    });
    assert_eq!(settings.read().unwrap().requests_per_second, 200);
}
