use std::sync::Mutex;
async fn send() {}
async fn f(state: &Mutex<u32>, early: bool) {
    let guard = state.lock().unwrap();
    if early {
        drop(guard);
        send().await;
        return;
    }
    drop(guard);
    send().await;
    { let _guard = state.lock().unwrap(); }
    send().await;
}
