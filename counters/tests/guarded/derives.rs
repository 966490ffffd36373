//! Derives below the attribute.

use raceproof::guarded;
use std::collections::HashMap;

#[guarded(rwlock)]
#[derive(Debug, Default, Clone)]
struct Shelf<T> {
    items: Vec<T>,
    r#type: u8,
}

#[guarded]
impl<T: Clone> Shelf<T> {
    pub fn put(&mut self, item: T) {
        self.items.push(item);
    }
    pub fn r#type(&self) -> u8 {
        self.r#type
    }
    pub fn all(&self) -> Vec<T> {
        self.items.clone()
    }
}

#[test]
fn debug_prints_the_users_fields_under_the_users_name() {
    let shelf = Shelf::default();
    shelf.put(1.5);
    assert_eq!(format!("{shelf:?}"), "Shelf { items: [1.5], type: 0 }");
    assert_eq!(format!("{shelf:.2?}"), "Shelf { items: [1.50], type: 0 }");
    assert_eq!(format!("{shelf:#?}"), "Shelf {\n    items: [\n        1.5,\n    ],\n    type: 0,\n}");
    assert_eq!(format!("{:?}", Some(&shelf)), "Some(Shelf { items: [1.5], type: 0 })");
}

#[test]
fn a_clone_has_a_lock_and_a_state_of_its_own() {
    let shelf = Shelf::default();
    shelf.put('a');
    let clone = shelf.clone();
    clone.put('b');
    assert_eq!((shelf.all(), clone.all()), (vec!['a'], vec!['a', 'b']));
    assert_eq!(clone.r#type(), 0);
}

#[guarded]
#[derive(Clone, Copy, Default)]
struct Small(u8);

#[guarded]
impl Small {
    pub fn twice(&mut self) -> u8 {
        let copy = *self;
        self.0 += copy.0;
        self.0
    }
    pub fn set(&mut self, value: u8) {
        self.0 = value;
    }
}

#[test]
fn copy_is_the_states_alone() {
    let small = Small::default();
    small.set(3);
    assert_eq!(small.twice(), 6);
}

#[guarded]
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Saved {
    #[serde(rename = "n")]
    value: u64,
    #[serde(skip)]
    cache: HashMap<u8, u8>,
}

#[guarded]
impl Saved {
    pub fn set(&mut self, value: u64) {
        self.value = value;
        self.cache.insert(1, 1);
    }
    pub fn get(&self) -> (u64, usize) {
        (self.value, self.cache.len())
    }
}

#[guarded(atomic)]
#[cfg_attr(all(), derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(any(), derive(Clone))]
#[serde(transparent)]
struct Bare {
    value: u64,
}

#[guarded(rwlock)]
#[derive(serde::Serialize, serde::Deserialize)]
struct List<T> {
    items: Vec<T>,
}

#[guarded]
impl<T: Clone> List<T> {
    pub fn items(&self) -> Vec<T> {
        self.items.clone()
    }
}

#[test]
fn serde_in_one_critical_section() {
    let saved = Saved::default();
    saved.set(3);
    let text = serde_json::to_string(&saved).unwrap();
    assert_eq!(text, "{\"n\":3}");
    assert_eq!(serde_json::from_str::<Saved>(&text).unwrap().get(), (3, 0));
    assert!(serde_json::from_str::<Saved>("{}").is_err());

    let bare: Bare = serde_json::from_str("7").unwrap();
    assert_eq!(serde_json::to_string(&bare).unwrap(), "7");
    assert_eq!(serde_json::from_str::<List<u8>>("{\"items\":[1,2]}").unwrap().items(), [1, 2]);
}
