use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn f(&self, early: bool) {
        let n = self.n.lock().unwrap();
        if early { drop(n); } else { std::mem::drop(n); }
        let mut m = self.n.lock().unwrap();
        loop {
            drop(m);
            m = self.n.lock().unwrap();
            if *m > 3 { break; }
        }
        consume(m);
        *self.n.lock().unwrap() += 1;
    }
}
fn consume<T>(_: T) {}
