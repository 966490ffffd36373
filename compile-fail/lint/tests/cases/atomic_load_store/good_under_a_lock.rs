use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};
struct S { turn: Mutex<()>, current: AtomicUsize }
impl S {
    fn flip(&self) {
        let turn = self.turn.lock().unwrap();
        let front = self.current.load(Ordering::Relaxed);
        self.current.store(1 - front, Ordering::Release);
        drop(turn);
    }
}
