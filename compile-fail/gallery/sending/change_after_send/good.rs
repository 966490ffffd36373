// The producer sends the batch away and goes on with a new one.

use std::mem;
use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let consumer = thread::spawn(move || receiver.iter().map(|batch: Vec<u32>| batch.len()).sum::<usize>());

    let mut batch = vec![1, 2, 3];
    sender.send(mem::take(&mut batch)).unwrap(); // leaves an empty batch behind
    batch.push(4);
    sender.send(batch).unwrap();
    drop(sender); // no more batches: the consumer's loop ends

    assert_eq!(consumer.join().unwrap(), 4);
}
