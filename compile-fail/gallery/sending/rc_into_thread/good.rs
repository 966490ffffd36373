// `Arc` is `Rc` with an atomic count: its handles may go to any thread.

use std::sync::Arc;
use std::thread;

struct Config {
    greeting: String,
}

fn main() {
    let config = Arc::new(Config { greeting: "hello".to_owned() });
    let for_worker = Arc::clone(&config);
    let worker = thread::spawn(move || format!("{} from the worker", for_worker.greeting));
    assert_eq!(worker.join().unwrap(), "hello from the worker");
    assert_eq!(config.greeting, "hello");
    assert_eq!(Arc::strong_count(&config), 1);
}
