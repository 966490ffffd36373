use std::sync::{Mutex, MutexGuard};
struct S { n: Mutex<u32> }
impl S {
    fn state(&self) -> MutexGuard<'_, u32> { self.n.lock().unwrap() }
    fn f(&self) {
        let n = self.state();
        *self.n.lock().unwrap() += *n; //~ double_lock_call
    }
}
