use std::sync::{Mutex, mpsc::Receiver};
struct S { n: Mutex<u32> }
impl S {
    fn next(&self, jobs: &Receiver<u32>) {
        let mut n = self.n.lock().unwrap();
        *n += jobs.recv().unwrap(); //~ blocking_under_lock
    }
}
