use std::{collections::HashMap, sync::RwLock};
struct S { map: RwLock<HashMap<u32, u32>> }
impl S {
    fn f(&self, key: u32, other: u32) {
        let missing = !self.map.read().unwrap().contains_key(&key);
        if missing {
            let mut map = self.map.write().unwrap();
            if !map.contains_key(&key) { map.insert(key, 1); }
        }
        let missing = !self.map.read().unwrap().contains_key(&key);
        if missing { self.map.write().unwrap().insert(other, 1); }
    }
}
