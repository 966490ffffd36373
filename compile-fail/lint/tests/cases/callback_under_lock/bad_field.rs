use std::sync::Mutex;
struct S { n: Mutex<u32>, report: Box<dyn Fn(u32)> }
impl S {
    fn f(&self) {
        let n = self.n.lock().unwrap();
        (self.report)(*n); //~ callback_under_lock
    }
}
