// A producer hands a batch to a consumer, then goes on filling it.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let consumer = thread::spawn(move || receiver.iter().map(|batch: Vec<u32>| batch.len()).sum::<usize>());

    let mut batch = vec![1, 2, 3];
    sender.send(batch).unwrap();
    batch.push(4); // the batch belongs to the consumer by now
    drop(sender);

    println!("{} items", consumer.join().unwrap());
}
