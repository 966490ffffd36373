use tokio::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    async fn f(&self) {
        let first = self.n.lock().await;
        let second = self.n.lock().await; //~ double_lock
        drop((first, second));
    }
}
