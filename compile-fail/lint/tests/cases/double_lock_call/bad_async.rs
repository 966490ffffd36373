use tokio::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    async fn add(&self) { *self.n.lock().await += 1; }
    async fn f(&self) {
        let n = self.n.lock().await;
        self.add().await; //~ double_lock_call
        drop(n);
    }
}
