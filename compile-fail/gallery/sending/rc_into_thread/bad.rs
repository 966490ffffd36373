// A worker gets its own handle on the configuration.

use std::rc::Rc;
use std::thread;

struct Config {
    greeting: String,
}

fn main() {
    let config = Rc::new(Config { greeting: "hello".to_owned() });
    let for_worker = Rc::clone(&config);
    let worker = thread::spawn(move || println!("{} from the worker", for_worker.greeting)); // two threads, one plain count
    println!("{} from main", config.greeting);
    worker.join().unwrap();
}
