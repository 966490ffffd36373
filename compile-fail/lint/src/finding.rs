//! What the linter has to say, and how loudly.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::ir::Span;

/// How much a rule's findings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not looked for.
    Allow,
    /// Shown.
    Warn,
    /// Shown, and the linter fails.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Allow => "allow",
            Level::Warn => "warning",
            Level::Error => "error",
        })
    }
}

/// A place that a finding shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: PathBuf,
    /// The bytes of it.
    pub span: Span,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// What is to be seen there.
    pub text: String,
}

/// One thing that the linter found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How much it counts here.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// Where; the first place is the one it is reported at.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: String,
    /// The package that it is in.
    pub package: String,
}

impl Finding {
    /// Where it is reported.
    pub fn place(&self) -> Option<&Label> {
        self.labels.first()
    }
}
