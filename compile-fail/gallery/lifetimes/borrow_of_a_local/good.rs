// The greeting moves into the thread.

use std::thread::{self, JoinHandle};

fn greet(name: &str) -> JoinHandle<String> {
    let greeting = format!("Hello, {name}!");
    thread::spawn(move || greeting)
}

fn main() {
    assert_eq!(greet("Ada").join().unwrap(), "Hello, Ada!");
}
