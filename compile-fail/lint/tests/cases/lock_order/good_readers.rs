use std::sync::RwLock;
struct S { a: RwLock<u32>, b: RwLock<u32> }
impl S {
    fn one(&self) -> u32 {
        let a = self.a.read().unwrap();
        let b = self.b.read().unwrap();
        *a + *b
    }
    fn two(&self) -> u32 {
        let b = self.b.read().unwrap();
        let a = self.a.read().unwrap();
        *a + *b
    }
}
