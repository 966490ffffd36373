//! The gallery holds what it promises: each program is refused, for the reason that its page gives.
//!
//! The folders are walked by name, never by a pattern: a pattern that matches nothing would pass. On the release that
//! the snapshots are from, the compiler's words are compared in full; on any other, only its error codes.

mod support;

use std::path::{Path, PathBuf};
use std::{env, fs};

use raceproof_gallery::{Fate, Gallery, codes};
use support::{Compiler, Scratch};

/// A program that must not compile.
struct Program {
    /// From the package's folder.
    path: PathBuf,
    code: String,
    /// Whether the code is the only one that it may give.
    only: bool,
    /// The compiler's words, if the snapshot is there.
    snapshot: Option<String>,
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn gallery() -> Gallery {
    Gallery::read(package()).unwrap_or_else(|problems| panic!("the gallery is not whole:\n{}", problems.join("\n")))
}

fn programs() -> Vec<Program> {
    let gallery = gallery();
    let cases = gallery.cases().filter_map(|case| match &case.fate {
        Fate::Refused(code) => Some((case.file("bad.rs"), code, true)),
        Fate::Linted(_) | Fate::Explored => None,
    });
    let refusals = gallery.refusals.iter().map(|refusal| (refusal.path.clone(), &refusal.code, false));
    cases
        .chain(refusals)
        .map(|(path, code, only)| Program {
            snapshot: fs::read_to_string(path.with_extension("stderr")).ok(),
            path: path.strip_prefix(package()).expect("a file of this package").to_owned(),
            code: code.clone(),
            only,
        })
        .collect()
}

impl Program {
    /// What is wrong with these words of a compiler, if anything is.
    fn judge(&self, words: &str) -> Option<String> {
        let found = codes(words);
        let promised = std::slice::from_ref(&self.code);
        let holds = if self.only { found == promised } else { found.contains(&self.code) };
        (!holds).then(|| format!("{}: promised {}, but the words say {found:?}", self.path.display(), self.code))
    }
}

#[test]
fn every_program_is_refused_as_promised() {
    let compiler = Compiler::current();
    let (in_full, by_code): (Vec<_>, Vec<_>) = programs()
        .into_iter()
        .partition(|program| compiler.speaks_like(program.snapshot.as_deref().unwrap_or_default()));
    println!("rustc {}: {} compared in full, {} by code", compiler.release, in_full.len(), by_code.len());

    if !by_code.is_empty() {
        let scratch = Scratch::new(package());
        let problems: Vec<String> = by_code
            .iter()
            .filter_map(|program| {
                let name = program.path.with_extension("").to_string_lossy().replace(['/', '\\'], "_");
                let source = fs::read_to_string(package().join(&program.path)).expect("the program can be read");
                let words = scratch.words(&name, &source);
                program.judge(&words).map(|problem| format!("{problem}\n{words}"))
            })
            .collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    // Programs that pass are not among these: one of them would turn trybuild's check of them all into a build.
    if !in_full.is_empty() {
        let cases = trybuild::TestCases::new();
        in_full.iter().for_each(|program| cases.compile_fail(&program.path));
    }
}

#[test]
fn every_snapshot_has_the_code_of_its_program() {
    let problems: Vec<String> = programs()
        .iter()
        .filter_map(|program| match &program.snapshot {
            Some(words) if program.only && words.lines().any(|line| line.starts_with("warning")) => {
                Some(format!("{}: it warns besides", program.path.display()))
            }
            Some(words) => program.judge(words),
            None if env::var_os("TRYBUILD").is_some() => None, // being written right now
            None => Some(format!("{}: no snapshot beside it", program.path.display())),
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_snapshot_quotes_the_standard_library() {
    for program in programs() {
        let words = program.snapshot.unwrap_or_default();
        let quotes = words
            .lines()
            .zip(words.lines().skip(1))
            .any(|(line, next)| line.contains("--> $RUST/") && next.trim_start().starts_with('|'));
        let path = program.path.display();
        assert!(!quotes, "{path}: its snapshot was taken where the component rust-src is installed; take it without");
    }
}

/// What a bound says where it is not met, `#[diagnostic::on_unimplemented]`, is shown by a program, like a code is.
#[test]
fn every_bound_that_speaks_has_a_program() {
    let snapshots: Vec<String> = programs().into_iter().filter_map(|program| program.snapshot).collect();
    let mut messages = 0;
    let mut missing = Vec::new();
    for source in
        sources(&package().join("../counters/src")).into_iter().chain(sources(&package().join("../race-tests/src")))
    {
        let text = fs::read_to_string(&source).expect("a source can be read");
        for part in text.split("on_unimplemented(").skip(1) {
            let Some((_, rest)) = part.split_once("message = \"") else { continue };
            let message = rest.split_once('"').map_or(rest, |(message, _)| message);
            messages += 1;
            // What stands between the names of types.
            let words: Vec<&str> =
                message.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after)).collect();
            let said = |line: &str| words.iter().all(|words| line.contains(words));
            // Of these rustc names the bound below them, which is the cause: `Clone` of an argument, `Hash` of a key.
            let by_cause = ["this method cannot run twice", "the key of this method", "cannot carry this method"];
            if !by_cause.iter().any(|cause| message.contains(cause))
                && !snapshots.iter().any(|snapshot| snapshot.lines().any(said))
            {
                missing.push(format!("{}: {message}", source.display()));
            }
        }
    }
    assert!(messages >= 10, "only {messages} bounds were found");
    assert!(missing.is_empty(), "no program among the macro-cases shows\n{}", missing.join("\n"));
}

/// The Rust files of a folder and those below.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).chain(below).collect()
}
