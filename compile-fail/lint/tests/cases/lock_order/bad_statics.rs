use std::sync::Mutex;
static A: Mutex<u32> = Mutex::new(0);
static B: Mutex<u32> = Mutex::new(0);
fn one() { *A.lock().unwrap() += *B.lock().unwrap(); } //~ lock_order
fn two() {
    let a = A.lock().unwrap();
    let b = B.lock().unwrap();
    drop((a, b));
}
