use std::{ops::Deref, sync::{Arc, Mutex}};
struct Inner { n: Mutex<u32> }
struct Handle { inner: Arc<Inner> }
impl Deref for Handle {
    type Target = Inner;
    fn deref(&self) -> &Inner { &self.inner }
}
impl Inner {
    fn add(&self) { *self.n.lock().unwrap() += 1; }
}
impl Handle {
    fn f(&self) {
        let n = self.inner.n.lock().unwrap();
        self.add(); //~ double_lock_call
        drop(n);
    }
}
