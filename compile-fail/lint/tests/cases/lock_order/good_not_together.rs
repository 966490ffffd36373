use std::sync::Mutex;
struct S { a: Mutex<u32>, b: Mutex<u32> }
impl S {
    fn one(&self) {
        let a = self.a.lock().unwrap();
        *self.b.lock().unwrap() += *a;
    }
    fn two(&self) {
        let b = *self.b.lock().unwrap();
        *self.a.lock().unwrap() += b;
    }
}
