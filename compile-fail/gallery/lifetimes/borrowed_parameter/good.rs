// The signature says that the watcher keeps a share.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Config {
    interval: u64,
}

fn watch(config: Arc<Config>) -> JoinHandle<u64> {
    thread::spawn(move || config.interval)
}

fn main() {
    let config = Arc::new(Config { interval: 10 });
    let watcher = watch(Arc::clone(&config));
    assert_eq!(watcher.join().unwrap(), config.interval);
}
