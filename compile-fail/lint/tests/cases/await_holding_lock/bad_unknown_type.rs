async fn send() {}
async fn f(shared: &impl Shared) {
    let inner = shared.inner;
    let guard = inner.lock().unwrap();
    send().await; //~ await_holding_lock
    drop(guard);
}
trait Shared {}
