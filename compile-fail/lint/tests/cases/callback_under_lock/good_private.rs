use std::sync::Mutex;
pub struct S { n: Mutex<u32> }
impl S {
    pub fn add(&self, by: u32) {
        self.with(|n| *n += by);
    }
    fn with(&self, f: impl FnOnce(&mut u32)) {
        let mut n = self.n.lock().unwrap();
        f(&mut n);
    }
}
