use std::sync::Mutex;
async fn send() {}
async fn f(state: &Mutex<u32>) {
    let add = |n| *state.lock().unwrap() += n;
    add(1);
    send().await;
    let length = state.lock().map(|n| *n).unwrap_or(0);
    send().await;
    println!("{length}");
}
