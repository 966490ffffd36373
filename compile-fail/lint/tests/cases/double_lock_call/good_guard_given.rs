use std::sync::{Mutex, MutexGuard};
struct S { n: Mutex<u32> }
impl S {
    fn f(&self) {
        let mut n = self.n.lock().unwrap();
        loop {
            n = self.step(n);
            if *n > 10 { break; }
        }
    }
    fn step<'a>(&'a self, n: MutexGuard<'a, u32>) -> MutexGuard<'a, u32> {
        drop(n);
        self.n.lock().unwrap()
    }
}
