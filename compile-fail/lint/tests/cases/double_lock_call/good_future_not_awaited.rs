use tokio::sync::Mutex;
use std::sync::Arc;
struct S { n: Mutex<u32> }
impl S {
    async fn add(self: Arc<Self>) { *self.n.lock().await += 1; }
    async fn f(self: Arc<Self>) {
        let n = self.n.lock().await;
        tokio::spawn(self.clone().add());
        drop(n);
    }
}
