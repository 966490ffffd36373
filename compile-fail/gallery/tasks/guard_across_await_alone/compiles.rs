// A single-threaded runtime: tasks never move, so a guard may stay where it is.

use std::future::ready;
use std::sync::Mutex;

static PRICES: Mutex<Vec<u32>> = Mutex::new(Vec::new());

async fn refresh() {
    let mut prices = PRICES.lock().unwrap();
    let fresh = ready(4).await; // the next task runs, on this thread, and wants the lock
    prices.push(fresh);
}

fn main() {
    let _tasks = [refresh(), refresh()];
}
