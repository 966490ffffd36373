// One thread appends to a log while another shows its last line.

use std::thread;

fn main() {
    let mut log = vec!["started".to_owned()];
    thread::scope(|scope| {
        scope.spawn(|| (0..100).for_each(|n| log.push(format!("request {n}"))));
        println!("last line: {:?}", log.last()); // the thread above may be moving the lines at this very moment
    });
}
