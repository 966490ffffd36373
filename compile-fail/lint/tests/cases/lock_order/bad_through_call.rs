use std::sync::Mutex;
struct S { a: Mutex<u32>, b: Mutex<u32> }
impl S {
    fn one(&self) {
        let a = self.a.lock().unwrap();
        self.touch_b(); //~ lock_order
        drop(a);
    }
    fn touch_b(&self) { *self.b.lock().unwrap() += 1; }
    fn two(&self) {
        let b = self.b.lock().unwrap();
        *self.a.lock().unwrap() += *b;
    }
}
