// Joined once; the result is a value like any other.

use std::thread;

fn main() {
    let sum = thread::spawn(|| (1..=100).sum::<u32>());
    let sum = sum.join().unwrap();
    assert_eq!((sum, 2 * sum), (5050, 10_100));
}
