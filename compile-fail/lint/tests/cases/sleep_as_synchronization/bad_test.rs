use std::{thread::{self, sleep}, time::Duration};
#[test]
fn works() {
    let worker = thread::spawn(|| ());
    sleep(Duration::from_millis(50)); //~ sleep_as_synchronization
    drop(worker);
}
