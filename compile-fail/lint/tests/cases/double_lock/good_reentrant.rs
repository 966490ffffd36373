use parking_lot::{ReentrantMutex, RwLock};
struct S { n: ReentrantMutex<u32>, m: RwLock<u32> }
impl S {
    fn f(&self) {
        let a = self.n.lock();
        let b = self.n.lock();
        let c = self.m.read();
        let d = self.m.read_recursive();
        drop((a, b, c, d));
    }
}
