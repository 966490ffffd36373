use std::sync::Mutex;
fn f(n: &Mutex<u32>) {
    let twice = |n: u32| n * 2;
    let n = n.lock().unwrap();
    println!("{}", twice(*n));
}
