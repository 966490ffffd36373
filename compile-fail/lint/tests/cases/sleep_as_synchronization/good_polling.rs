use std::{thread, time::Duration};
#[test]
fn works() {
    let worker = thread::spawn(|| thread::sleep(Duration::from_millis(1)));
    while !worker.is_finished() { thread::sleep(Duration::from_millis(1)); }
}
