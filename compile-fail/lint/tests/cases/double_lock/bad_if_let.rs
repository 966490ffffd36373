use std::sync::Mutex as Lock;
struct S { job: Lock<Option<u32>> }
impl S {
    fn take(&self) {
        if let Some(job) = self.job.lock().unwrap().take() {
            *self.job.lock().unwrap() = Some(job - 1); //~ double_lock
        }
    }
}
