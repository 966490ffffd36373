// What the threads borrow is made before the scope.

use std::thread;

fn main() {
    let words = ["one", "two", "three"];
    let lines: Vec<String> = words.iter().map(|word| format!("{word}!")).collect();
    let length: usize = thread::scope(|scope| {
        let threads: Vec<_> = lines.iter().map(|line| scope.spawn(move || line.len())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(length, 14);
}
