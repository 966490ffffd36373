use std::sync::Mutex;
static LIST: Mutex<Vec<u32>> = Mutex::new(Vec::new());
fn f() -> usize {
    let list = &*LIST.lock().unwrap();
    let length = LIST.lock().unwrap().len(); //~ double_lock
    list.len() + length
}
