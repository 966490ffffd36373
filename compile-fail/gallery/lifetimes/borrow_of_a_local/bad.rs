// A thread prints a greeting that its caller has made.

use std::thread::{self, JoinHandle};

fn greet(name: &str) -> JoinHandle<()> {
    let greeting = format!("Hello, {name}!");
    thread::spawn(|| println!("{greeting}")) // and when `greet` has returned?
}

fn main() {
    greet("Ada").join().unwrap();
}
