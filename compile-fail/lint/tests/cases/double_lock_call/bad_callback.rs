use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn with<R>(&self, run: impl FnOnce(&mut u32) -> R) -> R {
        let mut n = self.n.lock().unwrap();
        run(&mut n)
    }
    fn reset(&self) { *self.n.lock().unwrap() = 0; }
    fn f(&self) {
        self.with(|_| self.reset()); //~ double_lock_call
    }
}
