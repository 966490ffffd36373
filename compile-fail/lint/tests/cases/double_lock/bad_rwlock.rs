mod sync {
    pub(crate) use std::sync::{RwLock, Mutex};
}
use crate::sync::RwLock;
struct S { n: RwLock<u32> }
impl S {
    fn f(&self) -> u32 {
        let mut n = self.n.write().unwrap();
        *n += 1;
        *self.n.read().unwrap() //~ double_lock
    }
}
