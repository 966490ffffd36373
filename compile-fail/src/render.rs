//! The pages: each made of a case's own files, so that what is read is what is compiled.
//!
//! A page is Markdown that serves three times: it is read in the repository, rustdoc takes it for a module's
//! documentation and so compiles the programs in it once more, and `cargo race` shows it in a terminal.

use std::fmt::Write;
use std::fs;

use crate::{Case, Fate, Refusal};

/// The page of a case.
///
/// # Errors
///
/// A file that cannot be read.
pub fn case(case: &Case) -> Result<String, String> {
    let mut page = format!("# {}\n\n> {}\n\n", case.title, case.moral);
    let [bug, why, instead] = case.headings();
    let _ = writeln!(page, "## {bug}\n\n{}\n", case.bug);
    let program = file(case, case.program())?;
    let attributes = match &case.fate {
        Fate::Refused(code) if code.starts_with('E') => format!("rust,compile_fail,{code}"),
        Fate::Refused(_) => "rust,compile_fail".to_owned(),
        Fate::Linted(_) | Fate::Explored => "rust,no_run".to_owned(),
    };
    let _ = writeln!(page, "## The program\n\n```{attributes}\n{program}```\n");
    let words = file(case, case.words())?;
    match &case.fate {
        Fate::Refused(_) => {
            let _ = writeln!(page, "## The compiler's words\n\n```text\n{}\n```\n", words.trim_end());
            let _ = writeln!(page, "## {why}\n\n{}\n", case.why);
        }
        Fate::Linted(rule) => {
            let _ = writeln!(page, "## {why}\n\n{}\n", case.why);
            let _ = writeln!(page, "## What finds it\n\n`cargo race lint`, by the rule `{rule}`:\n");
            let _ = writeln!(page, "```text\n{}\n```\n", words.trim_end());
        }
        Fate::Explored => {
            let _ = writeln!(page, "## {why}\n\n{}\n", case.why);
            let _ = writeln!(page, "## What finds it\n\nThe explorer, given `main` as a race test:\n");
            let _ = writeln!(page, "```text\n{}\n```\n", words.trim_end());
        }
    }
    let _ = write!(page, "## {instead}\n\n{}", remedy(case)?);
    Ok(page)
}

/// What to write instead, with each twin in full: in the place of the part that the case's page quotes, or below.
fn remedy(case: &Case) -> Result<String, String> {
    let mut twins = vec![("", file(case, "good.rs")?, false)];
    if case.has_guarded_twin {
        twins.push(("With `#[guarded]`:\n\n", file(case, "guarded.rs")?, false));
    }
    let mut text = String::new();
    for (number, part) in case.instead.split("```rust\n").enumerate() {
        if number == 0 {
            text += part;
            continue;
        }
        let (quoted, after) = part.split_once("```").unwrap_or((part, ""));
        match twins.iter_mut().find(|(_, twin, _)| twin.contains(quoted)) {
            Some((_, _, shown @ true)) => {
                let _ = shown;
            }
            Some((_, twin, shown)) => {
                *shown = true;
                let _ = write!(text, "```rust\n{twin}```");
            }
            None => return Err(format!("{}: no twin has\n{quoted}", case.path())),
        }
        text += after;
    }
    let mut text = text.trim_end().to_owned() + "\n";
    for (introduction, twin, _) in twins.iter().filter(|(_, _, shown)| !shown) {
        let _ = write!(text, "\n{introduction}```rust\n{twin}```\n");
    }
    Ok(text)
}

fn file(case: &Case, name: &str) -> Result<String, String> {
    let path = case.file(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// What the attributes' own table says of a code.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// `RP0003`.
    pub number: &'a str,
    /// What is refused.
    pub title: &'a str,
    /// Why.
    pub why: &'a str,
    /// What to write instead.
    pub help: &'a str,
}

/// The page of a code, with the programs that show it.
///
/// # Errors
///
/// A program or its words that cannot be read.
pub fn code(code: &Refused<'_>, refusals: &[&Refusal]) -> Result<String, String> {
    let mut page = format!("# {}: {}\n", code.number, code.title);
    if !code.why.is_empty() {
        let _ = write!(page, "\n{}\n", code.why);
    }
    for refusal in refusals {
        let read = |ending: &str| {
            let path = refusal.path.with_extension(ending);
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok::<String, String>(text.replace("\r\n", "\n"))
        };
        let source = read("rs")?;
        let said: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let program: Vec<&str> = source.lines().skip(said.len()).collect();
        let (said, program) = (said.join(" "), program.join("\n"));
        let _ = write!(page, "\n## A program that is refused\n\n{said}\n\n```rust\n{}\n```\n", program.trim());
        let _ = write!(page, "\n## The compiler's words\n\n```text\n{}\n```\n", read("stderr")?.trim_end());
    }
    let _ = write!(page, "\n## What to write instead\n\n{}.\n", capital(code.help));
    Ok(page)
}

/// The help of a message as a sentence of its own.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
