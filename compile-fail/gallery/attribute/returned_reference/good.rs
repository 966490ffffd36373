// A copy where the whole is wanted, an answer where it is not.

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

    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    pub fn contains(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }
}

fn main() {
    let registry = Registry::default();
    registry.add("ada");
    assert!(registry.contains("ada"));
    assert_eq!(registry.names(), ["ada"]);
}
