use tokio::sync::{RwLock, RwLockReadGuard};
struct S { rooms: RwLock<Vec<u32>> }
impl S {
    async fn f(&self) {
        match RwLockReadGuard::try_map(self.rooms.read().await, |rooms| rooms.first()).ok() {
            Some(_) => {}
            None => self.rooms.write().await.push(1),
        }
    }
}
