// A channel for each reader; each hears every line.

use std::sync::mpsc;
use std::thread;

fn main() {
    let (to_screen, screen) = mpsc::channel::<String>();
    let (to_file, file) = mpsc::channel::<String>();
    let readers = [screen, file].map(|lines| thread::spawn(move || lines.iter().count()));
    for line in ["started", "working", "done"] {
        to_screen.send(line.to_owned()).unwrap();
        to_file.send(line.to_owned()).unwrap();
    }
    drop((to_screen, to_file));
    assert_eq!(readers.map(|reader| reader.join().unwrap()), [3, 3]);
}
