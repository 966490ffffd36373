//! A page of the gallery: a few fields between two lines of dashes, then Markdown.

use std::fs;
use std::path::Path;

/// A page, taken apart.
#[derive(Debug)]
pub(crate) struct Page {
    fields: Vec<(String, String)>,
    /// What stands below the fields.
    pub(crate) text: String,
}

impl Page {
    /// Reads a page that must have exactly the `expected` fields.
    pub(crate) fn read(path: &Path, expected: &[&str], problems: &mut Vec<String>) -> Option<Self> {
        let mut problem = |what: &str| problems.push(format!("{}: {what}", path.display()));
        let source = match fs::read_to_string(path) {
            Ok(source) => source.replace("\r\n", "\n"),
            Err(error) => {
                problem(&error.to_string());
                return None;
            }
        };
        let Some((head, text)) = source.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else {
            problem("does not start with its fields between two lines of `---`");
            return None;
        };
        let fields: Vec<(String, String)> = head
            .lines()
            .filter_map(|line| {
                let field = line.split_once(": ").map(|(key, value)| (key.to_owned(), value.trim().to_owned()));
                if field.is_none() {
                    problem(&format!("`{line}` is not `field: value`"));
                }
                field
            })
            .collect();
        if !fields.iter().map(|(key, _)| key.as_str()).eq(expected.iter().copied()) {
            problem(&format!("its fields must be `{}`, in this order", expected.join("`, `")));
            return None;
        }
        Some(Self { fields, text: text.to_owned() })
    }

    /// The value of a field that was expected.
    pub(crate) fn field(&self, key: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}
