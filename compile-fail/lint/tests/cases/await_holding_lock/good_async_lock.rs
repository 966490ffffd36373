use tokio::sync::Mutex;
async fn send() {}
async fn f(state: &Mutex<u32>) {
    let guard = state.lock().await;
    send().await;
    drop(guard);
}
