//! Interned names. A workspace repeats few names very often: each is kept once, and compared as a number.

use std::{
    collections::HashMap,
    fmt,
    sync::{OnceLock, RwLock},
};

/// An interned name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

struct Table {
    known: HashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

fn table() -> &'static RwLock<Table> {
    static TABLE: OnceLock<RwLock<Table>> = OnceLock::new();
    TABLE.get_or_init(|| RwLock::new(Table { known: HashMap::new(), texts: Vec::new() }))
}

thread_local! {
    static SEEN: std::cell::RefCell<HashMap<&'static str, Name>> = std::cell::RefCell::new(HashMap::new());
}

impl Name {
    /// The name of this text. Most are found in the thread's own copy of the table, without a lock.
    pub fn new(text: &str) -> Name {
        SEEN.with(|seen| {
            if let Some(name) = seen.borrow().get(text) {
                return *name;
            }
            let (name, text) = Name::shared(text);
            seen.borrow_mut().insert(text, name);
            name
        })
    }

    fn shared(text: &str) -> (Name, &'static str) {
        let mut table = table().write().expect("no thread panics while it interns a name");
        if let Some((text, number)) = table.known.get_key_value(text) {
            return (Name(*number), text);
        }
        let number = u32::try_from(table.texts.len()).expect("fewer than four billion different names");
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        table.known.insert(text, number);
        table.texts.push(text);
        (Name(number), text)
    }

    /// The text of this name.
    pub fn text(self) -> &'static str {
        table().read().expect("no thread panics while it interns a name").texts[self.0 as usize]
    }

    /// Whether this name has one of these texts.
    pub fn is(self, texts: &[&str]) -> bool {
        texts.contains(&self.text())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
