//! One case: its folder, and the page that tells its story.

use std::path::{Path, PathBuf};

use crate::page::Page;
use crate::{list, name_of};

/// The headings of a case's page, in the order in which a reader meets them.
const SECTIONS: [&str; 3] = ["The bug", "Why it does not compile", "What to write instead"];

/// What a case's folder may hold besides the three that it must.
const OPTIONAL: [&str; 2] = ["bad.stderr", "guarded.rs"];

/// A program that does not compile, and what there is to say about it.
#[derive(Debug)]
pub struct Case {
    /// The theme's folder name.
    pub theme: String,
    /// The folder's name.
    pub name: String,
    /// The heading.
    pub title: String,
    /// The error code that the compiler must give, and no other: `E0499`.
    pub code: String,
    /// What to remember, in a line.
    pub moral: String,
    /// The bug, and its Go form, in Markdown.
    pub bug: String,
    /// Why the compiler refuses, in Markdown.
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
        for name in ["case.md", "bad.rs", "good.rs"] {
            if !files.iter().any(|file| file == name) {
                problems.push(format!("{}: missing", folder.join(name).display()));
            }
        }
        for file in &files {
            if !["case.md", "bad.rs", "good.rs"].iter().chain(&OPTIONAL).any(|known| known == file) {
                problems.push(format!("{}: not one of a case's files", folder.join(file).display()));
            }
        }

        let path = folder.join("case.md");
        let page = Page::read(&path, &["title", "code", "moral"], problems)?;
        let [bug, why, instead] = sections(&path, &page.text, problems)?;
        if !bug.contains("```go\n") {
            problems.push(format!("{}: the bug is not shown in Go", path.display()));
        }
        Some(Self {
            theme: folder.parent().map(name_of).unwrap_or_default(),
            name: name_of(folder),
            title: page.field("title").to_owned(),
            code: page.field("code").to_owned(),
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

    /// `theme/case`, as the tests and the links write it.
    pub fn path(&self) -> String {
        format!("{}/{}", self.theme, self.name)
    }
}

/// The text under each of the [`SECTIONS`].
fn sections(path: &Path, text: &str, problems: &mut Vec<String>) -> Option<[String; 3]> {
    let mut parts = text.split("\n## ");
    let before = parts.next().unwrap_or_default();
    let (headings, texts): (Vec<&str>, Vec<&str>) =
        parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).unzip();
    if headings != SECTIONS || !before.trim().is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        problems.push(format!("{}: its sections must be `{}`", path.display(), SECTIONS.join("`, `")));
        return None;
    }
    texts.iter().map(|text| text.trim().to_owned()).collect::<Vec<_>>().try_into().ok()
}
