use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
struct S { from: AtomicUsize, to: AtomicUsize }
impl S {
    fn f(&self) {
        self.to.store(self.from.load(SeqCst), SeqCst);
        self.to.store(0, SeqCst);
    }
}
