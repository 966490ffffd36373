// Each thread counts on its own, and whoever joins them adds up.

use std::thread;

fn main() {
    let (left, right) = ("to be or not to be", "that is the question");
    let words = thread::scope(|scope| {
        let left = scope.spawn(|| left.split(' ').count());
        let right = scope.spawn(|| right.split(' ').count());
        left.join().unwrap() + right.join().unwrap()
    });
    assert_eq!(words, 10);
}
