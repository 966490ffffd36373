use std::sync::{Arc, Mutex};
struct S { n: Mutex<u32>, parent: Option<Arc<S>> }
impl S {
    fn add(&self) { *self.n.lock().unwrap() += 1; }
    fn f(&self) {
        let n = self.n.lock().unwrap();
        if let Some(parent) = &self.parent { parent.add(); }
        drop(n);
        self.add();
    }
}
