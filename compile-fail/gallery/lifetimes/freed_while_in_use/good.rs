// The scope ends, then the picture.

use std::thread;

fn main() {
    let picture = vec![7u8; 1_000];
    let sum = thread::scope(|scope| {
        let sum = scope.spawn(|| picture.iter().map(|pixel| u64::from(*pixel)).sum::<u64>());
        sum.join().unwrap()
    });
    drop(picture); // nobody borrows it now
    assert_eq!(sum, 7_000);
}
