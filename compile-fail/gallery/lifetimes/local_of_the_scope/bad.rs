// A scope waits for its threads, but not with everything.

use std::thread;

fn main() {
    let words = ["one", "two", "three"];
    thread::scope(|scope| {
        for word in words {
            let line = format!("{word}!");
            let line = &line;
            scope.spawn(move || println!("{line}"));
        } // the line ends here, and the thread?
    });
}
