// The memory is given back as soon as it is not needed any more, or a little sooner.

use std::thread;

fn main() {
    let picture = vec![7u8; 1_000_000];
    let pixels = picture.as_slice();
    thread::scope(|scope| {
        let sum = scope.spawn(move || pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>());
        drop(picture); // while the thread adds up
        println!("{}", sum.join().unwrap());
    });
}
