use parking_lot::RwLock;
struct S { n: RwLock<Vec<u32>> }
impl S {
    fn f(&self) {
        while let Some(last) = self.n.read().last().copied() {
            if last > 0 { self.n.write().pop(); } //~ rwlock_upgrade
        }
    }
}
