// Each thread locks for itself, and shortly.

use std::sync::Mutex;
use std::thread;

static REPORT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() {
    REPORT.lock().unwrap().push("started".to_owned());
    let worker = thread::spawn(|| REPORT.lock().unwrap().push("finished".to_owned()));
    worker.join().unwrap();
    assert_eq!(*REPORT.lock().unwrap(), ["started", "finished"]);
}
