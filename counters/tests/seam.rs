//! One seam: only the facade names `std::sync`, `std::thread`, loom or shuttle.
//!
//! Code that reaches past the facade is code that no engine sees, and an exploration of it proves nothing. The sources
//! are read as tokens, so that imports in braces and renamed modules are seen and comments are not.
//!
//! Clippy's `disallowed-types` looks at what a path resolves to, and in a build without `explore` the facade *is* std:
//! there it cannot tell the two apart.

use std::fs;
use std::path::{Path, PathBuf};

/// What the rule is about, from the workspace.
const SOURCES: [&str; 3] = ["counters/src", "race-tests/src", "race-tests/cli/src"];

/// The facade, and what carries it.
const FACADE: [&str; 9] = [
    "sync",
    "thread",
    "cell",
    "hint",
    "explore/native",
    "explore/engine",
    "explore/world",
    "explore/late",
    "explore/loads",
];

/// What is the same in every world.
const ALLOWED: [&str; 6] = [
    "std::sync::Arc",
    "std::sync::Weak",
    "std::sync::PoisonError",
    "std::sync::LockResult",
    "std::sync::TryLockError",
    "std::sync::atomic::Ordering",
];

#[test]
fn only_the_facade_names_what_it_stands_for() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in SOURCES {
        let files = sources(&workspace.join(folder));
        assert!(!files.is_empty(), "{folder}: no sources");
        for file in files {
            let inside = file.strip_prefix(workspace.join(folder)).expect("a file of that folder").with_extension("");
            if folder == SOURCES[0] && FACADE.iter().any(|room| inside.starts_with(room)) {
                continue;
            }
            let source = fs::read_to_string(&file).expect("the source can be read");
            found.extend(forbidden(&source).into_iter().map(|path| format!("{}: {path}", file.display())));
        }
    }
    assert!(found.is_empty(), "use `crate::sync`, `crate::thread` or their like instead of:\n{}", found.join("\n"));
}

#[test]
fn what_is_forbidden_is_found() {
    for source in [
        "use std::sync::Mutex;",
        "use std::{collections::HashMap, sync::{Arc, atomic::{self, Ordering}}};",
        "use std::sync as hidden;",
        "use core::sync::atomic::AtomicU8;",
        "fn f() { ::std::thread::spawn(|| ()); }",
        "fn f() { loom::model(|| ()); }",
        "use shuttle::{thread};",
        "use std::{self as other, thread};",
        "use std::sync::*;",
    ] {
        assert_eq!(forbidden(source).len(), 1, "{source}: {:?}", forbidden(source));
    }
    for source in [
        "use std::sync::{Arc, Weak, PoisonError}; use std::sync::atomic::Ordering::{self, Relaxed};",
        "// std::sync::Mutex\n/* std::thread::spawn */ const S: &str = \"loom::model \\\" std::sync::Once\";",
        "use crate::sync::Mutex; fn f<'a>(x: &'a u8) -> char { '\"' }",
        "fn f(loom: u8) { let shuttle = Explorer::Shuttle; }",
    ] {
        assert_eq!(forbidden(source), [""; 0], "{source}");
    }
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// The paths in a source that lead past the facade.
fn forbidden(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut paths = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let starts_path = at == 0 || tokens[at - 1] != "::" || at == 1 || !is_word(&tokens[at - 2]);
        let is_root = matches!(token.as_str(), "std" | "core" | "loom" | "shuttle");
        if is_root && starts_path && tokens.get(at + 1).is_some_and(|next| next == "::") {
            tree(&tokens, at, String::new(), &mut paths);
        }
    }
    paths.retain(|path| leads_past(path));
    paths
}

/// Whether a path is one of those that only the facade may name.
fn leads_past(path: &str) -> bool {
    let path = path.replacen("core::", "std::", 1);
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    let held = below("std::sync") || below("std::thread") || below("loom") || below("shuttle");
    held && !ALLOWED.iter().any(|allowed| below(allowed))
}

/// Follows a path, or the tree of an import, from one of its words; returns where it ends.
fn tree(tokens: &[String], mut at: usize, mut path: String, paths: &mut Vec<String>) -> usize {
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = match tokens[at].as_str() {
                        "{" | "*" => tree(tokens, at, path.clone(), paths),
                        word if is_word(word) => tree(tokens, at, path.clone(), paths),
                        _ => at + 1,
                    };
                }
                return at + 1;
            }
            Some("self") => at += 1, // names the module itself
            Some(word) if is_word(word) => {
                path = if path.is_empty() { word.to_owned() } else { format!("{path}::{word}") };
                at += 1;
            }
            _ => at += 1, // `*` names all of the module
        }
        if tokens.get(at).is_none_or(|token| token != "::") {
            paths.push(path);
            // What follows `as` is a name of its own, and no path.
            return if tokens.get(at).is_some_and(|token| token == "as") { at + 2 } else { at };
        }
        at += 1;
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// A source as words, `::` and single signs, without comments and texts.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_text(rest) {
            raw
        } else if first == '"' {
            text(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            // A character that could be taken for the start of a text; a lifetime is a sign and a word.
            3 + usize::from(rest.starts_with("'\\"))
        } else {
            let word = rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(first.len_utf8()) };
            if !first.is_whitespace() {
                tokens.push(rest[..length].to_owned());
            }
            length
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The length of the text in quotes that this starts with.
fn text(source: &str) -> usize {
    let mut escaped = false;
    let end = source.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(source.len(), |end| end + 2)
}

/// The length of the raw text that this starts with, if it does.
fn raw_text(source: &str) -> Option<usize> {
    let after = source.strip_prefix('r')?;
    let fences = after.len() - after.trim_start_matches('#').len();
    let body = after[fences..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(fences));
    Some(body.find(&end).map_or(source.len(), |at| 1 + fences + 1 + at + end.len()))
}
