use std::sync::{Condvar, Mutex};
fn f(pair: &(Mutex<bool>, Condvar)) {
    let (lock, signal) = pair;
    let ready = lock.lock().unwrap();
    let ready = signal.wait(ready).unwrap(); //~ condvar_without_loop
    drop(ready);
}
