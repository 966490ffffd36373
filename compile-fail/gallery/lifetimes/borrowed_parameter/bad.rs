// A function starts a watcher for the configuration that it was lent.

use std::thread::{self, JoinHandle};

struct Config {
    interval: u64,
}

fn watch(config: &Config) -> JoinHandle<u64> {
    thread::spawn(move || config.interval) // does the caller keep it long enough?
}

fn main() {
    let watcher = watch(&Config { interval: 10 });
    println!("{}", watcher.join().unwrap());
}
