// Four workers count the requests that they handle in one global.

use std::thread;

static mut HITS: u64 = 0;

fn handle_request() {
    HITS += 1; // every worker writes here, and nothing orders the writes
}

fn main() {
    let workers: Vec<_> = (0..4).map(|_| thread::spawn(|| (0..1_000).for_each(|_| handle_request()))).collect();
    for worker in workers {
        worker.join().unwrap();
    }
}
