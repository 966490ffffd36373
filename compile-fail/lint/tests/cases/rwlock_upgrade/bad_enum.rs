use std::sync::{Arc, RwLock};
enum Token { Fixed(u32), File(Arc<RwLock<Option<u32>>>) }
impl Token {
    fn get(&self) -> u32 {
        match self {
            Token::Fixed(value) => *value,
            Token::File(file) => {
                let known = file.read().unwrap();
                if let Some(value) = *known { return value; }
                *file.write().unwrap().get_or_insert(1) //~ rwlock_upgrade
            }
        }
    }
}
