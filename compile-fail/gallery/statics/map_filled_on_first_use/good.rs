// The first to ask fills the table; whoever asks meanwhile waits.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::thread;

static PORTS: LazyLock<HashMap<&str, u16>> = LazyLock::new(|| HashMap::from([("http", 80), ("ssh", 22)]));

fn main() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(PORTS.get("ssh"), Some(&22)));
        }
    });
}
