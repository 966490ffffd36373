use std::sync::RwLock;
struct S { n: RwLock<u32> }
impl S {
    fn get(&self) -> u32 { *self.n.read().unwrap() }
    fn f(&self) -> u32 {
        let n = self.n.read().unwrap();
        *n + self.get() //~ rwlock_reentrant_read
    }
}
