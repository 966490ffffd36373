use std::sync::{
    RwLock,
    atomic::{AtomicUsize, Ordering},
};
struct S { names: RwLock<Vec<u8>>, hits: AtomicUsize }
impl S {
    fn get(&self) -> usize {
        let names = self.names.read().unwrap();
        let hits = self.hits.load(Ordering::Relaxed);
        self.hits.store(hits + 1, Ordering::Relaxed); //~ atomic_load_store
        names.len()
    }
}
