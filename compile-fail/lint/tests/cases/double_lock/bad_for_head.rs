use std::sync::{Arc, Mutex};
struct S { jobs: Arc<Mutex<Vec<u32>>> }
impl S {
    fn run(&self) {
        for job in self.jobs.lock().unwrap().clone().iter() {
            if *job > 3 {
                self.jobs.lock().unwrap().push(1); //~ double_lock
            }
        }
    }
}
