use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
static COUNT: AtomicUsize = AtomicUsize::new(0);
fn f() {
    COUNT.store(COUNT.load(SeqCst) + 1, SeqCst); //~ atomic_load_store
}
