use std::sync::RwLock;
pub struct Names { names: RwLock<Vec<String>> } //~ could_be_guarded
impl Names {
    pub fn add(&self, name: String) { self.names.write().unwrap().push(name); }
    pub fn count(&self) -> usize { self.names.read().unwrap().len() }
}
