//! What is written from the cases is not older than they are: the index, a page a case, a page a code, and the shelf that
//! ships. `UPDATE_GALLERY=1` writes it all anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use raceproof_gallery::render::{self, Refused};
use raceproof_gallery::{CODES, Gallery, SHELVES, index, shelves};

/// The attributes' own table, which no other package can see: a crate of macros exports macros.
#[path = "../../macros/src/codes.rs"]
mod table;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Everything that is generated: each file with its text.
fn generated() -> BTreeMap<PathBuf, String> {
    let gallery = Gallery::read(package())
        .unwrap_or_else(|problems| panic!("the gallery is not whole:\n{}", problems.join("\n")));
    let codes: Vec<Refused<'_>> = table::ALL
        .iter()
        .map(|code| Refused { number: code.number, title: code.title, why: code.why, help: code.help })
        .collect();
    let mut files = BTreeMap::new();
    files.insert(PathBuf::from("README.md"), index::markdown(&gallery));
    files.insert(PathBuf::from("src/shelf.rs"), shelves::source(&gallery, &codes));
    for case in gallery.cases() {
        let page = render::case(case).unwrap_or_else(|problem| panic!("{problem}"));
        files.insert(format!("pages/{}.md", case.path()).into(), page);
    }
    for code in &codes {
        let shows = |refusal: &&raceproof_gallery::Refusal| refusal.own_code().as_deref() == Some(code.number);
        let refusals: Vec<_> = gallery.refusals.iter().filter(shows).collect();
        let page = render::code(code, &refusals).unwrap_or_else(|problem| panic!("{problem}"));
        files.insert(format!("pages/codes/{}.md", code.number).into(), page);
    }
    files
}

#[test]
fn nothing_is_stale() {
    let files = generated();
    let old: Vec<PathBuf> = existing().into_iter().filter(|path| !files.contains_key(path)).collect();
    let mut stale = Vec::new();
    for (path, text) in &files {
        let found = fs::read_to_string(package().join(path)).unwrap_or_default().replace("\r\n", "\n");
        if found != *text {
            stale.push(path.clone());
        }
    }
    if env::var_os("UPDATE_GALLERY").is_some() {
        for path in &old {
            fs::remove_file(package().join(path)).expect("an old page can be removed");
        }
        for path in &stale {
            let file = package().join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
            fs::write(file, &files[path]).expect("the page can be written");
        }
        return;
    }
    assert!(
        old.is_empty() && stale.is_empty(),
        "stale: {stale:?}, without a case: {old:?}; UPDATE_GALLERY=1 cargo test -p raceproof-gallery writes them anew"
    );
}

/// The pages that are there.
fn existing() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in fs::read_dir(package().join("pages")).into_iter().flatten().flatten() {
        for page in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            pages.push(page.path().strip_prefix(package()).expect("a file of this package").to_owned());
        }
    }
    pages
}

#[test]
fn what_ships_is_the_whole_gallery() {
    if env::var_os("UPDATE_GALLERY").is_some() {
        return; // being written right now: this binary was built of what was there before
    }
    let gallery = Gallery::read(package()).expect("the gallery is whole");
    let shipped: usize = SHELVES.iter().map(|shelf| shelf.cases.len()).sum();
    assert_eq!(shipped, gallery.cases().count());
    assert_eq!(CODES.len(), table::ALL.len());
    for case in SHELVES.iter().flat_map(|shelf| shelf.cases) {
        assert!(case.page.starts_with(&format!("# {}", case.title)), "{}", case.name);
    }
    // A name alone finds a case.
    let mut names: Vec<_> = SHELVES.iter().flat_map(|shelf| shelf.cases).map(|case| case.name).collect();
    names.extend(SHELVES.iter().map(|shelf| shelf.name));
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "two cases or themes share a name");
}
