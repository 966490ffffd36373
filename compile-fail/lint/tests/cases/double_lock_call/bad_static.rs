use std::sync::Mutex;
static COUNT: Mutex<u32> = Mutex::new(0);
fn count() -> u32 { *COUNT.lock().unwrap() }
fn f() {
    if let Ok(mut held) = COUNT.lock() {
        *held = count() + 1; //~ double_lock_call
    }
}
