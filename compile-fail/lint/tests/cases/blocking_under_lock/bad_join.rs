use std::{sync::Mutex, thread::JoinHandle};
struct Service { log: Mutex<Vec<String>> }
impl Service {
    fn stop(&self, worker: JoinHandle<()>) {
        let mut log = self.log.lock().unwrap();
        worker.join().unwrap(); //~ blocking_under_lock
        log.push("stopped".to_owned());
    }
}
