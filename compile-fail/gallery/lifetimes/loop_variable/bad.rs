// Ten threads, each with its number.

use std::thread;

fn main() {
    let mut workers = Vec::new();
    for number in 0..10 {
        workers.push(thread::spawn(|| println!("worker {number}")));
    }
    for worker in workers {
        worker.join().unwrap();
    }
}
