//! The index of the gallery, written from the cases so that it cannot drift from them.

use std::fmt::Write;

use crate::{Case, Gallery};

const HEAD: &str = "\
# Programs that do not compile

<!-- Written by `UPDATE_GALLERY=1 cargo test -p raceproof-gallery`, from the cases; change those. -->

A data race is not possible in safe Rust: the unsynchronised version of a program does not compile. Each case here is
one such program. It tells the bug, with the form that compiles in Go; shows the program and the compiler's words; says
why it is refused; and ends with a twin that compiles, runs and checks its result.
";

/// The index as a page for `README.md`.
pub fn markdown(gallery: &Gallery) -> String {
    let mut page = HEAD.to_owned();
    let (cases, themes) = (gallery.cases().count(), gallery.themes.len());
    let _ = writeln!(page, "\n{cases} cases in {themes} themes.");
    for theme in &gallery.themes {
        let _ = writeln!(page, "\n## {}\n\n{}\n", theme.title, theme.text);
        page += "| case | error | in a line | files |\n|---|---|---|---|\n";
        for case in &theme.cases {
            page += &row(case);
        }
    }
    page += "\n## What the attributes refuse\n\nHere the error is raceproof's own, or the bound is.\n\n";
    page += "| code | program | words |\n|---|---|---|\n";
    for refusal in &gallery.refusals {
        let name = &refusal.name;
        let shown = name.split_once('_').map_or(name.as_str(), |(_, rest)| rest).replace('_', " ");
        let _ = writeln!(
            page,
            "| `{}` | [{shown}](macro-cases/{name}.rs) | [words](macro-cases/{name}.stderr) |",
            refusal.code
        );
    }
    page
}

/// The line of one case.
fn row(case: &Case) -> String {
    let Case { title, code, moral, .. } = case;
    let folder = format!("gallery/{}", case.path());
    let mut files =
        format!("[program]({folder}/bad.rs), [compiler's words]({folder}/bad.stderr), [twin]({folder}/good.rs)");
    if case.has_guarded_twin {
        let _ = write!(files, ", [with `#[guarded]`]({folder}/guarded.rs)");
    }
    let explained = format!("[{code}](https://doc.rust-lang.org/error_codes/{code}.html)");
    format!("| [{title}]({folder}/case.md) | {explained} | {moral} | {files} |\n")
}
