//! The programs that compile and are wrong: the linter finds what their pages promise, in the words that stand beside
//! them, and finds nothing of the kind in the twins.

use std::fs;
use std::path::Path;

use raceproof_gallery::{Fate, Gallery};
use raceproof_lint::{Config, Linter, output};

/// The linter's words for a program, as they come out of the box.
fn words(program: &Path) -> String {
    let linter = Linter::new(program).expect("the program can be read").with_config(Config::default());
    let report = linter.run().expect("the linter runs");
    assert!(report.skipped.is_empty(), "{}: {:?}", program.display(), report.skipped);
    let text = output::human(&report, program.parent().expect("a folder"), false);
    text.trim_end().to_owned() + "\n"
}

#[test]
fn each_is_found_and_its_twin_is_not() {
    let gallery = Gallery::read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the gallery is whole");
    let mut problems = Vec::new();
    let mut count = 0;
    for case in gallery.cases() {
        let Fate::Linted(rule) = &case.fate else { continue };
        count += 1;
        let found = words(&case.file("compiles.rs"));
        if !found.contains(&format!("[{rule}]")) {
            problems.push(format!("{}: no `{rule}` in\n{found}", case.path()));
        }
        if words(&case.file("good.rs")).contains(&format!("[{rule}]")) {
            problems.push(format!("{}: `{rule}` in the twin too", case.path()));
        }
        let path = case.file("found.txt");
        if std::env::var_os("UPDATE_GALLERY").is_some() {
            fs::write(&path, &found).expect("the words can be written");
        } else if fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n") != found {
            problems.push(format!("{}: found.txt is stale; UPDATE_GALLERY=1 writes it anew:\n{found}", case.path()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(count > 0, "no such program");
}
