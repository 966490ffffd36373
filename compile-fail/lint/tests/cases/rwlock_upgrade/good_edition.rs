// A single file is taken for the newest edition: there the guard of an `if let` is gone in the `else`.
use std::sync::RwLock;
struct S { n: RwLock<Option<u32>> }
impl S {
    fn f(&self) {
        if let Some(n) = self.n.read().unwrap().as_ref() {
            println!("{n}");
        } else {
            *self.n.write().unwrap() = Some(1);
        }
    }
}
