// The limit of requests a second, read at every request and raised now and then.

use std::sync::RwLock;

struct Settings {
    requests_per_second: u32,
}

fn raise_limit(settings: &RwLock<Settings>) {
    let shared = settings.read().unwrap();
    shared.requests_per_second *= 2; // other readers are inside at the same time
}

fn main() {
    let settings = RwLock::new(Settings { requests_per_second: 50 });
    raise_limit(&settings);
    println!("{}", settings.read().unwrap().requests_per_second);
}
