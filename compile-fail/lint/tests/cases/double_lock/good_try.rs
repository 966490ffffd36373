use std::sync::{Mutex, TryLockError};
struct S { n: Mutex<u32> }
impl S {
    fn f(&self) {
        let held = self.n.lock().unwrap();
        if let Ok(n) = self.n.try_lock() { drop(n); }
        drop(held);
        let n = match self.n.try_lock() {
            Ok(n) => n,
            Err(TryLockError::WouldBlock) => self.n.lock().unwrap(),
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
        };
        drop(n);
    }
}
