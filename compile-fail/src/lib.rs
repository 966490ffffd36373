//! The gallery: programs that are wrong, who stops them, and the programs to write instead.
//!
//! Each theme below is a module, and each of its cases one more, with a page: the bug and its form in Go, the program, the
//! compiler's words, why, and the twin to write instead. Most do not compile; some only look as if they should not, and
//! there the linter speaks. `cargo race gallery` shows the same pages in a terminal.
//!
//! A case is a folder, `gallery/<theme>/<case>/`. [`Gallery::read`] reads those folders, [`render`] makes the pages of
//! them and [`index`] the list; [`SHELVES`] and [`CODES`] are the pages as they ship. The tests of this package compile
//! and run the programs, and see to it that no page is older than its case.

#![forbid(unsafe_code)]

mod case;
mod codes;
pub mod index;
mod page;
mod refusal;
pub mod render;
#[rustfmt::skip]
mod shelf;
pub mod shelves;

use std::fs;
use std::path::{Path, PathBuf};

pub use case::{Case, Fate};
pub use codes::codes;
pub use refusal::Refusal;
pub use shelf::*;
pub use shelves::{CodePage, Shelf, Shown};

use page::Page;

/// All there is to show.
#[derive(Debug)]
pub struct Gallery {
    /// The themes, in the order that their pages ask for; none is empty.
    pub themes: Vec<Theme>,
    /// What the attributes refuse, by file name.
    pub refusals: Vec<Refusal>,
}

/// Cases that belong together: a folder of them, with a `theme.md` that says what they have in common.
#[derive(Debug)]
pub struct Theme {
    /// The folder's name.
    pub name: String,
    /// The heading.
    pub title: String,
    /// What the cases have in common, in Markdown.
    pub text: String,
    /// The cases, by name.
    pub cases: Vec<Case>,
    order: u32,
}

impl Gallery {
    /// Reads the gallery of the package that stands in the folder `package`.
    ///
    /// # Errors
    ///
    /// One line for each thing that is wrong, with the file that it is about; a gallery without cases is one of them.
    pub fn read(package: &Path) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut themes: Vec<Theme> = list(&package.join("gallery"), &mut problems)
            .into_iter()
            .filter_map(|folder| Theme::read(&folder, &mut problems))
            .collect();
        themes.sort_by_key(|theme| theme.order);
        if themes.is_empty() {
            problems.push(format!("{}: no theme", package.join("gallery").display()));
        }
        let refusals = Refusal::read_all(&package.join("macro-cases"), &mut problems);
        if problems.is_empty() { Ok(Self { themes, refusals }) } else { Err(problems) }
    }

    /// Every case, theme after theme.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.themes.iter().flat_map(|theme| &theme.cases)
    }
}

impl Theme {
    fn read(folder: &Path, problems: &mut Vec<String>) -> Option<Self> {
        let page = Page::read(&folder.join("theme.md"), &["title", "order"], problems)?;
        let order = page.field("order").parse().unwrap_or_else(|_| {
            problems.push(format!("{}: `order` is not a number", folder.join("theme.md").display()));
            u32::MAX
        });
        let cases: Vec<Case> = list(folder, problems)
            .into_iter()
            .filter(|path| path.file_name().is_none_or(|name| name != "theme.md"))
            .filter_map(|path| Case::read(&path, problems))
            .collect();
        if cases.is_empty() {
            problems.push(format!("{}: a theme without a case", folder.display()));
        }
        let title = page.field("title").to_owned();
        Some(Self { name: name_of(folder), title, text: page.text.trim().to_owned(), cases, order })
    }
}

/// What a folder holds, by name.
fn list(folder: &Path, problems: &mut Vec<String>) -> Vec<PathBuf> {
    match fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect()) {
        Ok(paths) => {
            let mut paths: Vec<PathBuf> = paths;
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push(format!("{}: {error}", folder.display()));
            Vec::new()
        }
    }
}

/// The last part of a path, as text.
fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
