//! What has failed before, in a file that is committed: `raceproof-regressions/<type>.txt` beside the manifest.
//!
//! One token a line; empty lines and lines that begin with `#` are comments. It is read before anything is explored.
//! `RACEPROOF_REGRESSIONS` names another folder.

use crate::report::{Finding, Kind};
use crate::subject::Subject;
use crate::token::Token;
use raceproof::explore::native::Mutex;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const HEAD: &str = "\
# Executions that failed once. They are run first by every `cargo test`: commit this file.
# A line whose execution cannot be run any more (a method is gone, say) may be deleted.
";

/// A line of the file.
pub(crate) struct Known {
    pub(crate) token: Token,
    /// `raceproof-regressions/counter.txt:3`.
    pub(crate) place: String,
}

fn file(path: &str, manifest: &str) -> PathBuf {
    let name: String = path.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let folder = match std::env::var_os("RACEPROOF_REGRESSIONS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(manifest).join("raceproof-regressions"),
    };
    folder.join(format!("{name}.txt"))
}

/// The tokens of a test's file, each with its place. An unreadable file is an error: passed over, it would be a silent
/// pass.
pub(crate) fn lines(path: &str, manifest: &str) -> Result<Vec<(String, String)>, String> {
    let path = file(path, manifest);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(format!("{}: it is not UTF-8", path.display()));
    };
    let lines = text.lines().enumerate().map(|(number, line)| (line.trim(), number + 1));
    Ok(lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| (line.to_owned(), format!("{}:{number}", path.display())))
        .collect())
}

/// The known failures of a type.
pub(crate) fn read(subject: &Subject) -> Result<Vec<Known>, String> {
    let mut known = Vec::new();
    for (line, place) in lines(&subject.inner.path, subject.inner.manifest)? {
        match Token::read(&line, subject) {
            Ok(token) => known.push(Known { token, place }),
            Err(error) => {
                return Err(format!("{place}: the token cannot be used: {error}; mend the line or delete it"));
            }
        }
    }
    Ok(known)
}

/// Adds a failure to the file, and says where. Returns what to tell the user.
pub(crate) fn keep(subject: &Subject, finding: &Finding) -> Option<String> {
    keep_token(&subject.inner.path, subject.inner.manifest, finding)
}

/// The same for a test of this path.
pub(crate) fn keep_token(path: &str, manifest: &str, finding: &Finding) -> Option<String> {
    if matches!(finding.kind, Kind::Refused | Kind::Hung) || finding.token.is_empty() {
        return None;
    }
    let path = file(path, manifest);
    // Two rungs of a type may fail at once.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let before = std::fs::read_to_string(&path).unwrap_or_else(|_| HEAD.to_owned());
    if before.lines().any(|line| line.trim() == finding.token) {
        return None;
    }
    let mut text = before;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text += &format!("# {}\n{}\n", finding.kind.title(), finding.token);
    Some(match crate::summary::replace(&path, &text) {
        Ok(()) => format!("kept in {}: it runs first from now on; commit it", path.display()),
        Err(error) => format!("it could not be kept in {}: {error}", path.display()),
    })
}
