use std::{process::Command, thread, time::Duration};
#[test]
fn works() {
    let mut child = Command::new("true").spawn().unwrap();
    thread::sleep(Duration::from_millis(50));
    child.wait().unwrap();
}
