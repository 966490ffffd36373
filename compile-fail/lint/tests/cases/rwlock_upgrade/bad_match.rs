use std::sync::RwLock;
struct S { n: RwLock<Option<u32>> }
impl S {
    fn f(&self) {
        match *self.n.read().unwrap() {
            Some(_) => {}
            None => *self.n.write().unwrap() = Some(1), //~ rwlock_upgrade
        }
    }
}
