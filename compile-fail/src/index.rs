//! The index of the gallery, written from the cases so that it cannot drift from them.

use std::fmt::Write;

use crate::{Case, Fate, Gallery};

const HEAD: &str = "\
# Programs that do not compile

<!-- Written by `UPDATE_GALLERY=1 cargo test -p raceproof-gallery`, from the cases; change those. -->

A data race is not possible in safe Rust: the unsynchronised version of a program does not compile. Each case here is
one such program. Its page tells the bug, with the form that compiles in Go; shows the program and the compiler's words;
says why it is refused; and ends with a twin that compiles, runs and checks its result.

Some programs only look as if they had to be refused. They compile, and are wrong: there the page shows what finds them,
`cargo race lint` or the explorer. (Its rules, a page each: [lint/docs/rules](lint/docs/rules).)

The same pages: `cargo race gallery` in a terminal, and the documentation of this package.
";

/// The index as a page for `README.md`.
pub fn markdown(gallery: &Gallery) -> String {
    let mut page = HEAD.to_owned();
    let (cases, themes) = (gallery.cases().count(), gallery.themes.len());
    let compiles = gallery.cases().filter(|case| case.compiles()).count();
    let _ = writeln!(page, "\n{cases} cases in {themes} themes, {compiles} of which compile.");
    for theme in &gallery.themes {
        let _ = writeln!(page, "\n## {}\n\n{}\n", theme.title, theme.text);
        page += "| case | stopped by | in a line | files |\n|---|---|---|---|\n";
        for case in &theme.cases {
            page += &row(case);
        }
    }
    page += "\n## What the attributes refuse\n\nHere the error is raceproof's own, or the bound is. Each code has a page, \
        which `cargo race explain RP0001` shows too.\n\n";
    page += "| code | program | words |\n|---|---|---|\n";
    for refusal in &gallery.refusals {
        let name = &refusal.name;
        let shown = name.split_once('_').map_or(name.as_str(), |(_, rest)| rest).replace('_', " ");
        let code = match refusal.own_code() {
            Some(code) => format!("[{code}](pages/codes/{code}.md)"),
            None => refusal.code.clone(),
        };
        let _ = writeln!(page, "| {code} | [{shown}](macro-cases/{name}.rs) | [words](macro-cases/{name}.stderr) |");
    }
    page
}

/// The line of one case.
fn row(case: &Case) -> String {
    let Case { title, moral, .. } = case;
    let folder = format!("gallery/{}", case.path());
    let (program, words) = (case.program(), case.words());
    let whose = match case.fate {
        Fate::Refused(_) => "compiler's",
        Fate::Linted(_) => "linter's",
        Fate::Explored => "explorer's",
    };
    let mut files =
        format!("[program]({folder}/{program}), [{whose} words]({folder}/{words}), [twin]({folder}/good.rs)");
    if case.has_guarded_twin {
        let _ = write!(files, ", [with `#[guarded]`]({folder}/guarded.rs)");
    }
    let sign = match &case.fate {
        Fate::Refused(code) if code.starts_with("RP") => format!("[{code}](pages/codes/{code}.md)"),
        Fate::Refused(_) => match case.fate.sign() {
            "error" => "an error without a code".to_owned(),
            code => format!("[{code}](https://doc.rust-lang.org/error_codes/{code}.html)"),
        },
        Fate::Explored => "the explorer".to_owned(),
        Fate::Linted(rule) => format!("[`{rule}`](lint/docs/rules/{rule}.md)"),
    };
    format!("| [{title}](pages/{}.md) | {sign} | {moral} | {files} |\n", case.path())
}
