use std::sync::Mutex;
struct S { seen: Mutex<Vec<u32>> }
impl S {
    fn f(&self) {
        // The operands of `assert_eq!` are still there when it writes its words: a failure hangs instead of telling.
        assert_eq!(self.seen.lock().unwrap().len(), 1, "saw {:?}", self.seen.lock().unwrap()); //~ double_lock
    }
}
