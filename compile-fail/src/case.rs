//! One case: its folder, and the page that tells its story.

use std::path::{Path, PathBuf};

use crate::page::Page;
use crate::{list, name_of};

/// What happens to a case's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The compiler refuses it with this code and no other: `E0499`. Where the compiler has no code for it, with the
    /// first word of its message.
    Refused(String),
    /// It compiles, and this rule of the linter finds it: `static_mut`.
    Linted(String),
    /// It compiles, and the explorer finds it.
    Explored,
}

impl Fate {
    /// Its sign in a list.
    pub fn sign(&self) -> &str {
        match self {
            Self::Refused(code) if is_code(code) => code,
            Self::Refused(_) => "error",
            Self::Linted(rule) => rule,
            Self::Explored => "explorer",
        }
    }
}

/// Whether this is a code, and not the first word of a message.
fn is_code(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_uppercase()) && code.ends_with(|c: char| c.is_ascii_digit())
}

/// A program that is wrong, and what there is to say about it.
#[derive(Debug)]
pub struct Case {
    /// The theme's folder name.
    pub theme: String,
    /// The folder's name.
    pub name: String,
    /// The heading.
    pub title: String,
    /// Who stops it.
    pub fate: Fate,
    /// What to remember, in a line.
    pub moral: String,
    /// The bug, and its Go form, in Markdown.
    pub bug: String,
    /// Why the compiler refuses, or why it does not, in Markdown.
    pub why: String,
    /// What to write instead, in Markdown.
    pub instead: String,
    /// Whether there is a second twin, written with `#[guarded]`.
    pub has_guarded_twin: bool,
    folder: PathBuf,
}

impl Case {
    /// Reads a case's folder.
    pub(crate) fn read(folder: &Path, problems: &mut Vec<String>) -> Option<Self> {
        if !folder.is_dir() {
            problems.push(format!("{}: neither a case nor `theme.md`", folder.display()));
            return None;
        }
        let files: Vec<String> = list(folder, problems).iter().map(|path| name_of(path)).collect();
        let compiles = files.iter().any(|file| file == "compiles.rs");
        let (program, words) = if compiles { ("compiles.rs", "found.txt") } else { ("bad.rs", "bad.stderr") };
        let needed = ["case.md", program, "good.rs"];
        for name in needed {
            if !files.iter().any(|file| file == name) {
                problems.push(format!("{}: missing", folder.join(name).display()));
            }
        }
        for file in &files {
            if !needed.iter().chain(&[words, "guarded.rs"]).any(|known| known == file) {
                problems.push(format!("{}: not one of a case's files", folder.join(file).display()));
            }
        }

        let path = folder.join("case.md");
        let field = if compiles { "rule" } else { "code" };
        let page = Page::read(&path, &["title", field, "moral"], problems)?;
        let [bug, why, instead] = sections(&path, &page.text, headings(compiles), problems)?;
        if !bug.contains("```go\n") {
            problems.push(format!("{}: the bug is not shown in Go", path.display()));
        }
        let value = page.field(field).to_owned();
        Some(Self {
            theme: folder.parent().map(name_of).unwrap_or_default(),
            name: name_of(folder),
            title: page.field("title").to_owned(),
            fate: match compiles {
                true if value == "explorer" => Fate::Explored,
                true => Fate::Linted(value),
                false => Fate::Refused(value),
            },
            moral: page.field("moral").to_owned(),
            bug,
            why,
            instead,
            has_guarded_twin: files.iter().any(|file| file == "guarded.rs"),
            folder: folder.to_owned(),
        })
    }

    /// The path of one of the case's files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The file with the program that is wrong.
    pub fn program(&self) -> &'static str {
        if self.compiles() { "compiles.rs" } else { "bad.rs" }
    }

    /// The file with the words of whoever found it.
    pub fn words(&self) -> &'static str {
        if self.compiles() { "found.txt" } else { "bad.stderr" }
    }

    /// Whether the compiler lets the program through.
    pub fn compiles(&self) -> bool {
        !matches!(self.fate, Fate::Refused(_))
    }

    /// The headings of its page.
    pub fn headings(&self) -> [&'static str; 3] {
        headings(self.compiles())
    }

    /// `theme/case`, as the tests and the links write it.
    pub fn path(&self) -> String {
        format!("{}/{}", self.theme, self.name)
    }
}

/// The headings of a case's page, in the order in which a reader meets them.
fn headings(compiles: bool) -> [&'static str; 3] {
    let why = if compiles { "Why it compiles" } else { "Why it does not compile" };
    ["The bug", why, "What to write instead"]
}

/// The text under each of the headings.
fn sections(path: &Path, text: &str, expected: [&str; 3], problems: &mut Vec<String>) -> Option<[String; 3]> {
    let mut parts = text.split("\n## ");
    let before = parts.next().unwrap_or_default();
    let (headings, texts): (Vec<&str>, Vec<&str>) =
        parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).unzip();
    if headings != expected || !before.trim().is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        problems.push(format!("{}: its sections must be `{}`", path.display(), expected.join("`, `")));
        return None;
    }
    texts.iter().map(|text| text.trim().to_owned()).collect::<Vec<_>>().try_into().ok()
}
