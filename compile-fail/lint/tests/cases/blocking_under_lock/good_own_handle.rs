use std::{sync::Mutex, thread::JoinHandle};
struct Service { worker: Mutex<Option<JoinHandle<()>>> }
impl Drop for Service {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.lock().unwrap().take() {
            worker.join().unwrap();
        }
    }
}
