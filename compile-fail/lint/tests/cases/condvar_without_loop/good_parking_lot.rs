use parking_lot::{Condvar, Mutex};
struct S { ready: Mutex<bool>, signal: Condvar }
impl S {
    fn f(&self) {
        let mut ready = self.ready.lock();
        if !*ready { self.signal.wait(&mut ready); }
    }
}
