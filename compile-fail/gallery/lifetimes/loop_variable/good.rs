// Each thread has the number of its round.

use std::thread;

fn main() {
    let mut workers = Vec::new();
    for number in 0..10 {
        workers.push(thread::spawn(move || number * number));
    }
    let squares: Vec<u32> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    assert_eq!(squares.iter().sum::<u32>(), 285);
}
