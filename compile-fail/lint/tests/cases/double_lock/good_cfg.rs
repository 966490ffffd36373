use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn f(&self) {
        #[cfg(unix)]
        let n = self.n.lock().unwrap();
        #[cfg(windows)]
        let n = self.n.lock().unwrap();
        drop(n);
    }
}
