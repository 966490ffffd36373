use parking_lot::{RwLock, RwLockWriteGuard};
struct S { n: RwLock<u32> }
impl S {
    fn f(&self) {
        let n = RwLockWriteGuard::downgrade_to_upgradable(self.n.write());
        let other = self.n.read();
        drop((n, other));
    }
}
