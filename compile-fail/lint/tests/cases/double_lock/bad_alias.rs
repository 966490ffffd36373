use std::sync::{Arc, Mutex};
type Shared<T> = Arc<Mutex<T>>;
fn f(state: Shared<u32>) {
    let other = Arc::clone(&state);
    let held = state.lock().unwrap();
    let again = other.lock().unwrap(); //~ double_lock
    drop((held, again));
}
