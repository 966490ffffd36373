// Each thread gets a borrow of one element, and no two borrows overlap.

use std::thread;

fn main() {
    let parts = [1..=50, 51..=100];
    let mut sums = vec![0; parts.len()];
    thread::scope(|scope| {
        for (sum, part) in sums.iter_mut().zip(parts) {
            scope.spawn(move || *sum = part.sum::<u32>());
        }
    });
    assert_eq!(sums[0] + sums[1], 5050);
}
