// The guard that `lock` returns is the only way to the list.

use std::sync::Mutex;
use std::thread;

fn main() {
    let orders = Mutex::new(vec![101]);
    thread::scope(|scope| {
        scope.spawn(|| orders.lock().unwrap().push(102));
        scope.spawn(|| orders.lock().unwrap().push(103));
    });
    let mut orders = orders.into_inner().unwrap();
    orders.sort_unstable(); // the two threads may have come in either order
    assert_eq!(orders, [101, 102, 103]);
}
