// The best score of a shared list, with the lock held no longer than needed.

use std::sync::Mutex;

fn announce_best(scores: &Mutex<Vec<u32>>) -> String {
    let guard = scores.lock().unwrap();
    let best = guard.iter().max().unwrap();
    drop(guard); // unlocks, while `best` still points into the list
    format!("the best score is {best}")
}

fn main() {
    let scores = Mutex::new(vec![70, 95, 80]);
    println!("{}", announce_best(&scores));
}
