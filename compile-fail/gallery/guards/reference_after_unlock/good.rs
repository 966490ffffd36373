// The score is copied out of the list while the lock is held.

use std::sync::Mutex;
use std::thread;

fn announce_best(scores: &Mutex<Vec<u32>>) -> String {
    let guard = scores.lock().unwrap();
    let best = *guard.iter().max().unwrap();
    drop(guard); // nothing points into the list any more
    format!("the best score is {best}")
}

fn main() {
    let scores = Mutex::new(vec![70, 95, 80]);
    thread::scope(|scope| {
        scope.spawn(|| scores.lock().unwrap().retain(|score| *score >= 80));
        assert_eq!(announce_best(&scores), "the best score is 95");
    });
    assert_eq!(*scores.lock().unwrap(), [95, 80]);
}
