// The lock is taken here and released over there, when the long work is done.

use std::sync::Mutex;
use std::thread;

static REPORT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() {
    let mut report = REPORT.lock().unwrap();
    report.push("started".to_owned());
    let worker = thread::spawn(move || {
        report.push("finished".to_owned());
        drop(report); // unlocks a lock that another thread took
    });
    worker.join().unwrap();
}
