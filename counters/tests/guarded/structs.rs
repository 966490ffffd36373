//! Forms of structs: named, tuple and unit; generics, lifetimes, where-clauses, defaults; `#[cfg]` and visibility.

use raceproof::guarded;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

#[guarded]
struct Pair(u8, u8);

#[guarded]
impl Pair {
    pub fn new(a: u8, b: u8) -> Self {
        Self(a, b)
    }
    pub fn swap(&mut self) {
        std::mem::swap(&mut self.0, &mut self.1);
    }
    pub fn get(&self) -> (u8, u8) {
        (self.0, self.1)
    }
}

#[test]
fn tuple_struct() {
    let pair = Pair::new(1, 2);
    pair.swap();
    assert_eq!(pair.get(), (2, 1));
}

#[guarded(rwlock)]
#[derive(Debug, Default)]
struct Nothing;

#[guarded]
impl Nothing {
    pub fn answer(&self) -> u8 {
        42
    }
}

#[test]
fn unit_struct() {
    assert_eq!(Nothing::default().answer(), 42);
    assert_eq!(format!("{:?}", Nothing::default()), "Nothing");
}

#[guarded(rwlock)]
pub struct Registry<K, V = u8>
where
    K: Eq,
{
    map: HashMap<K, V>,
}

#[guarded]
impl<K: Hash + Eq, V: Clone> Registry<K, V> {
    pub fn new() -> Self {
        Registry { map: HashMap::new() }
    }
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.map.insert(key, value)
    }
    pub fn get(&self, key: &K) -> Option<V> {
        self.map.get(key).cloned()
    }
    pub fn describe(&self) -> String
    where
        K: Debug + Ord,
        V: Debug,
    {
        let mut all: Vec<_> = self.map.iter().collect();
        all.sort_by_key(|(key, _)| *key);
        format!("{all:?}")
    }
}

#[test]
fn generics_with_where_clause_and_default() {
    let registry: Registry<&str> = Registry::new();
    assert_eq!(registry.insert("a", 1), None);
    assert_eq!(registry.insert("a", 2), Some(1));
    assert_eq!(registry.get(&"a"), Some(2));
    assert_eq!(registry.describe(), "[(\"a\", 2)]");
}

#[guarded]
struct Ring<T, const N: usize> {
    items: [T; N],
    next: usize,
}

#[guarded]
impl<T: Copy + Default, const N: usize> Ring<T, N> {
    pub fn new() -> Self {
        Self { items: [T::default(); N], next: 0 }
    }
    pub fn push(&mut self, item: T) {
        self.items[self.next % N] = item;
        self.next += 1;
    }
    pub fn all(&self) -> [T; N] {
        self.items
    }
}

#[guarded]
impl<const N: usize> Ring<u8, N> {
    pub fn sum(&self) -> u8 {
        self.items.iter().sum()
    }
}

#[test]
fn const_generics_and_an_impl_for_some_types() {
    let ring = Ring::<u8, 2>::new();
    (1..=3).for_each(|n| ring.push(n));
    assert_eq!(ring.all(), [3, 2]);
    assert_eq!(ring.sum(), 5);
}

#[guarded]
struct Words<'a> {
    text: &'a str,
}

#[guarded]
impl<'a> Words<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text }
    }
    pub fn next(&mut self) -> Option<&'a str> {
        let (word, rest) = self.text.split_once(' ')?;
        self.text = rest;
        Some(word)
    }
    pub fn replace(&mut self, text: &'a str) -> &'a str {
        std::mem::replace(&mut self.text, text)
    }
}

#[test]
fn what_the_struct_borrows_may_be_returned() {
    let text = String::from("one two three");
    let words = Words::new(&text);
    let first = words.next();
    assert_eq!((first, words.next(), words.next()), (Some("one"), Some("two"), None));
    assert_eq!(words.replace("four"), "three");
}

#[guarded]
#[derive(Debug, Default)]
struct Configured {
    #[cfg(not(any()))]
    here: u8,
    #[cfg(any())]
    absent: std::rc::Rc<u8>,
}

#[guarded]
impl Configured {
    #[cfg(not(any()))]
    pub fn get(&self) -> u8 {
        self.here
    }
    #[cfg(any())]
    pub fn get(&self) -> Absent {
        self.absent
    }
}

#[guarded]
#[cfg(any())]
#[derive(Debug, Clone)]
struct Left {
    absent: Absent,
}

#[guarded]
#[cfg(any())]
impl Left {
    pub fn get(&self) -> Absent {
        self.absent
    }
}

#[test]
fn cfg_on_fields_methods_and_items() {
    assert_eq!(Configured::default().get(), 0);
    assert_eq!(format!("{:?}", Configured::default()), "Configured { here: 0 }");
}

mod inner {
    use raceproof::guarded;

    #[guarded]
    pub(super) struct Seen {
        value: u8,
    }

    #[guarded]
    impl Seen {
        pub(super) fn new() -> Self {
            Self { value: 3 }
        }
        pub(crate) fn get(&self) -> u8 {
            self.hidden()
        }
        fn hidden(&self) -> u8 {
            self.value
        }
    }

    pub(super) mod deeper {
        use raceproof::guarded;

        // An impl away from its struct names it by its path.
        #[guarded]
        impl super::Seen {
            pub fn double(&self) -> u8 {
                self.value * 2
            }
        }
    }
}

#[test]
fn visibility_is_the_users() {
    assert_eq!(inner::Seen::new().get(), 3);
    assert_eq!(inner::Seen::new().double(), 6);
}

#[guarded]
#[derive(Default)]
struct Node {
    value: u8,
    next: Option<Box<Node>>,
}

#[guarded]
impl Node {
    pub fn push(&mut self, value: u8) {
        let next = Self { value: std::mem::replace(&mut self.value, value), next: self.next.take() };
        self.next = Some(Box::new(next));
    }
    pub fn len(&self) -> usize {
        1 + self.next.as_ref().map_or(0, |next| next.len())
    }
}

#[test]
fn in_its_own_fields_the_name_is_the_plain_state() {
    let node = Node::default();
    node.push(1);
    node.push(2);
    assert_eq!(node.len(), 3);
}

#[test]
fn in_a_function_body() {
    #[guarded]
    #[derive(Default)]
    struct Local {
        value: u8,
    }
    #[guarded]
    impl Local {
        pub fn add(&mut self, n: u8) -> u8 {
            self.value += n;
            self.value
        }
    }
    assert_eq!(Local::default().add(2), 2);
}

#[test]
fn the_wrapper_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let registry = Registry::<u8, u8>::new();
    shared(&registry);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let registry = &registry;
            scope.spawn(move || registry.insert(n, n));
        }
    });
    assert_eq!(registry.describe(), "[(0, 0), (1, 1), (2, 2), (3, 3)]");
}

#[test]
fn no_larger_than_the_lock_by_hand() {
    if raceproof::EXPLORE {
        return;
    }
    assert_eq!(size_of::<inner::Seen>(), size_of::<std::sync::Mutex<u8>>());
    assert_eq!(size_of::<Pair>(), size_of::<std::sync::Mutex<(u8, u8)>>());
    assert_eq!(size_of::<Registry<u8>>(), size_of::<std::sync::RwLock<HashMap<u8, u8>>>());
}
