//! The chapter on lock-free code shows reports word for word: those of the golden texts, put there by this test.

use std::fs;
use std::path::Path;

#[test]
fn the_chapter_shows_the_reports_as_they_are() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = here.join("../docs/lock-free.md");
    // Published on its own, the package has no chapter beside it.
    let Ok(chapter) = fs::read_to_string(&path) else { return };
    let chapter = chapter.replace("\r\n", "\n");
    let (mut current, mut shown) = (String::new(), 0);
    let mut rest = chapter.as_str();
    while let Some((before, after)) = rest.split_once("<!-- report: ") {
        let (name, after) = after.split_once(" -->\n").expect("a marker ends");
        let (_, after) = after.split_once("<!-- end -->\n").expect("a report ends");
        let golden = here.join(format!("tests/structures/snapshots/structures__{name}.snap"));
        let golden = fs::read_to_string(&golden).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        // A snapshot has a head of its own between two lines of dashes.
        let report = golden.splitn(3, "---\n").nth(2).expect("a snapshot has a head").trim_end();
        current += &format!("{before}<!-- report: {name} -->\n```text\n{report}\n```\n<!-- end -->\n");
        rest = after;
        shown += 1;
    }
    current += rest;
    assert_eq!(shown, 3, "three worked bugs");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &current).expect("the chapter can be written");
        return;
    }
    assert!(
        current == chapter,
        "docs/lock-free.md is stale: UPDATE_DOCS=1 cargo test -p raceproof-test --test structures"
    );
}
