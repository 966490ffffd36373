use std::sync::Mutex;
async fn send() {}
async fn f(state: &Mutex<u32>) {
    let state = state.lock().unwrap();
    send().await; //~ await_holding_lock
    println!("{state}");
}
