use parking_lot::{RwLock, RwLockUpgradableReadGuard};
struct S { n: RwLock<u32> }
impl S {
    fn f(&self) {
        let n = self.n.upgradable_read();
        if *n == 0 {
            let mut n = RwLockUpgradableReadGuard::upgrade(n);
            *n = 1;
        }
    }
}
