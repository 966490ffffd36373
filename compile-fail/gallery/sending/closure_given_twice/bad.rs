// One piece of work, started on two threads.

use std::thread;

fn main() {
    let mut log = Vec::new();
    let work = move || {
        log.push("done");
        log.len()
    };
    let one = thread::spawn(work);
    let two = thread::spawn(work); // the same log?
    println!("{} {}", one.join().unwrap(), two.join().unwrap());
}
