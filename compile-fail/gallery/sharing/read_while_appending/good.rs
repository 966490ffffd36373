// The log stands in a mutex: a reader sees it before or after an append, never during one.

use std::sync::Mutex;
use std::thread;

fn main() {
    let log = Mutex::new(vec!["started".to_owned()]);
    thread::scope(|scope| {
        scope.spawn(|| (0..100).for_each(|n| log.lock().unwrap().push(format!("request {n}"))));
        let last = log.lock().unwrap().last().cloned();
        assert!(last.is_some_and(|line| line == "started" || line.starts_with("request ")));
    });
    assert_eq!(log.into_inner().unwrap().len(), 101);
}
