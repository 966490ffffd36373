// The result of a thread is wanted in two places.

use std::thread;

fn main() {
    let sum = thread::spawn(|| (1..=100).sum::<u32>());
    println!("the sum is {}", sum.join().unwrap());
    println!("and doubled {}", 2 * sum.join().unwrap()); // a second time?
}
