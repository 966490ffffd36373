use std::sync::{Mutex, mpsc::Receiver};
struct S { n: Mutex<u32> }
impl S {
    fn next(&self, jobs: &Receiver<u32>) {
        let job = jobs.recv().unwrap();
        *self.n.lock().unwrap() += job;
    }
}
