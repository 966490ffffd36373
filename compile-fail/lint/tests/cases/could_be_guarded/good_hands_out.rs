use std::sync::{Mutex, MutexGuard};
pub struct Names { names: Mutex<Vec<String>> }
impl Names {
    pub fn names(&self) -> MutexGuard<'_, Vec<String>> { self.names.lock().unwrap() }
    pub fn count(&self) -> usize { self.names.lock().unwrap().len() }
}
