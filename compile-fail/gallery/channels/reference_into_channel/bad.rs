// Each line is read into one buffer, and a reference to it sent to the worker.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (lines, queue) = mpsc::channel::<&str>();
    let worker = thread::spawn(move || queue.iter().map(str::len).sum::<usize>());
    for number in 0..3 {
        let line = format!("line {number}");
        lines.send(&line).unwrap(); // is the line still there when the worker reads it?
    }
    drop(lines);
    println!("{}", worker.join().unwrap());
}
