use std::sync::Mutex;
struct S { n: Mutex<u32> }
fn both(_: u32, _: u32) {}
impl S {
    fn f(&self) {
        both(*self.n.lock().unwrap(), *self.n.lock().unwrap()); //~ double_lock
    }
}
