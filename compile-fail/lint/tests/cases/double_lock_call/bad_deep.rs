use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn outer(&self) {
        let n = self.n.lock().unwrap();
        self.middle(); //~ double_lock_call
        drop(n);
    }
    fn middle(&self) { self.inner() }
    fn inner(&self) { *self.n.lock().unwrap() += 1; }
}
