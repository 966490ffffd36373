use std::sync::{Condvar, Mutex, MutexGuard};
struct S { ready: Mutex<bool>, signal: Condvar }
impl S {
    fn f(&self) {
        let mut ready = self.ready.lock().unwrap();
        while !*ready { ready = self.signal.wait(ready).unwrap(); }
        drop(ready);
        loop { self.once(); }
    }
    fn once(&self) {
        let ready = self.ready.lock().unwrap();
        drop(self.signal.wait(ready).unwrap());
    }
    fn given<'a>(&self, ready: MutexGuard<'a, bool>) -> MutexGuard<'a, bool> {
        self.signal.wait(ready).unwrap()
    }
}
