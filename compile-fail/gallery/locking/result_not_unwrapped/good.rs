// The one who locks says what is to happen if the last owner panicked.

use std::sync::{Mutex, PoisonError};
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101]);
    thread::scope(|scope| {
        scope.spawn(|| orders.lock().unwrap().push(102));
        // A list to which numbers are only added is never half-changed.
        scope.spawn(|| orders.lock().unwrap_or_else(PoisonError::into_inner).push(103));
    });
    assert_eq!(orders.into_inner().unwrap().len(), 3);
}
