use parking_lot::RwLock;
use std::sync::Arc;
async fn send(_: u32) {}
fn f(state: Arc<RwLock<u32>>) {
    tokio::spawn(async move {
        match *state.read() {
            0 => {}
            n => send(n).await, //~ await_holding_lock
        }
    });
}
