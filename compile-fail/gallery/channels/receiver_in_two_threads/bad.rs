// Two loggers, one channel.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (log, lines) = mpsc::channel::<String>();
    let to_screen = thread::spawn(move || lines.iter().for_each(|line| println!("{line}")));
    let to_file = thread::spawn(move || println!("{} lines", lines.iter().count())); // the same lines?
    log.send("started".to_owned()).unwrap();
    drop(log);
    to_screen.join().unwrap();
    to_file.join().unwrap();
}
