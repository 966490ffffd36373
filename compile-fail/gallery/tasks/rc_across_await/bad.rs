// A task that keeps its connection while it waits.

use std::future::{Future, ready};
use std::rc::Rc;

/// As a runtime with several threads declares it.
fn spawn(_task: impl Future<Output = ()> + Send + 'static) {}

fn main() {
    spawn(async {
        let connection = Rc::new("db:5432".to_owned());
        ready(()).await; // goes on, perhaps on another thread
        println!("{connection}");
    });
}
