// Two threads fill the two halves of a result, each by its own index.

use std::thread;

fn main() {
    let mut sums = vec![0, 0];
    thread::scope(|scope| {
        scope.spawn(|| sums[0] = (1..=50).sum::<u32>());
        scope.spawn(|| sums[1] = (51..=100).sum::<u32>());
    });
    println!("{}", sums[0] + sums[1]);
}
