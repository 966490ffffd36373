use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn f(&self) {
        { let mut n = self.n.lock().unwrap(); *n += 1; }
        let copy = *self.n.lock().unwrap();
        let again = *self.n.lock().unwrap();
        if *self.n.lock().unwrap() == copy + again { *self.n.lock().unwrap() = 0; }
        let _ = self.n.lock().unwrap();
        self.n.lock().unwrap();
        *self.n.lock().unwrap() = 3;
    }
}
