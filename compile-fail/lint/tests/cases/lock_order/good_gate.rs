use std::sync::Mutex;
struct S { gate: Mutex<()>, a: Mutex<u32>, b: Mutex<u32> }
impl S {
    fn one(&self) {
        let _gate = self.gate.lock().unwrap();
        let a = self.a.lock().unwrap();
        *self.b.lock().unwrap() += *a;
    }
    fn two(&self) {
        let _gate = self.gate.lock().unwrap();
        let b = self.b.lock().unwrap();
        *self.a.lock().unwrap() += *b;
    }
}
