// A registry that shows its names without copying them.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Registry {
    names: Vec<String>,
}

#[guarded]
impl Registry {
    pub fn add(&mut self, name: &str) {
        self.names.push(name.to_owned());
    }

    pub fn names(&self) -> &[String] {
        &self.names // read when the lock is long released
    }
}

fn main() {
    Registry::default().add("ada");
}
