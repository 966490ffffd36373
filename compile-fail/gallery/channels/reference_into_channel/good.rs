// The line itself is sent; the worker owns it.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (lines, queue) = mpsc::channel::<String>();
    let worker = thread::spawn(move || queue.iter().map(|line| line.len()).sum::<usize>());
    for number in 0..3 {
        lines.send(format!("line {number}")).unwrap();
    }
    drop(lines);
    assert_eq!(worker.join().unwrap(), 18);
}
