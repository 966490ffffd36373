//! A race test builds all that it uses: what came in from outside would be shared by all executions.

use raceproof::race_test;
use raceproof::sync::{Arc, Mutex};

#[race_test]
fn takes_an_argument(counter: Arc<Mutex<u32>>) {
    *counter.lock().unwrap() += 1;
}

#[race_test]
unsafe fn generic<T>() {}

#[race_test]
#[test]
fn twice() {}

#[race_test]
struct Transfer;

fn main() {}
