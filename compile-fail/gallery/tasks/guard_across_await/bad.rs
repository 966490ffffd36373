// A task that holds a lock while it asks another server.

use std::future::{Future, ready};
use std::sync::{Arc, Mutex};

/// As a runtime with several threads declares it.
fn spawn(_task: impl Future<Output = ()> + Send + 'static) {}

fn main() {
    let prices = Arc::new(Mutex::new(vec![1, 2, 3]));
    spawn(async move {
        let mut prices = prices.lock().unwrap();
        let fresh = ready(4).await; // a second, or ten
        prices.push(fresh);
    });
}
