use std::{collections::HashMap, sync::RwLock};
struct S { map: RwLock<HashMap<u32, u32>> }
impl S {
    fn f(&self, key: u32) {
        let missing = !self.map.read().unwrap().contains_key(&key);
        if missing {
            self.map.write().unwrap().insert(key, 1); //~ check_then_act
        }
    }
}
