use std::sync::Mutex;
pub struct S { n: Mutex<u32> }
impl S {
    pub fn with(&self, f: impl FnOnce(&mut u32)) {
        let mut n = self.n.lock().unwrap();
        f(&mut n); //~ callback_under_lock
    }
}
