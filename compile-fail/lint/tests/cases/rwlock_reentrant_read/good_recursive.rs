use parking_lot::RwLock;
struct S { n: RwLock<u32> }
impl S {
    fn f(&self) -> u32 {
        let n = self.n.read();
        *n + *self.n.read_recursive()
    }
}
