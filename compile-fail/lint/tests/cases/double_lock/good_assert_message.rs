use std::sync::Mutex;
struct S { seen: Mutex<Vec<u32>> }
impl S {
    fn f(&self) {
        assert!(self.seen.lock().unwrap().is_empty(), "saw {:?}", self.seen.lock().unwrap());
    }
}
