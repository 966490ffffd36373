//! `// raceproof: allow(rule): reason`, on the line of the finding or above it.
//!
//! A suppression without a reason does not count, one that names no rule is wrong, and one that suppresses nothing is
//! reported: it would hide the next finding.

use crate::{config::known, ir::Span};

/// A suppression in a file.
#[derive(Clone, Debug)]
pub(crate) struct Suppression {
    /// The line it stands on.
    pub(crate) line: usize,
    /// The line it is for.
    pub(crate) target: usize,
    pub(crate) span: Span,
    pub(crate) rules: Vec<String>,
    pub(crate) trouble: Option<String>,
    pub(crate) used: bool,
}

const MARK: &str = "raceproof: allow(";

/// The suppressions in a text.
pub(crate) fn find(text: &str) -> Vec<Suppression> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut start = 0;
    for (number, line) in lines.iter().enumerate() {
        let offset = start;
        start += line.len() + 1;
        // Only a comment that begins with it: not a text that speaks of it.
        let Some(comment) = line.find("//") else { continue };
        let words = line[comment + 2..].trim_start();
        let Some(rest) = words.strip_prefix(MARK) else { continue };
        if line[..comment].matches('"').count() % 2 == 1 {
            continue;
        }
        let (rules, reason) = rest.split_once(')').unwrap_or((rest, ""));
        let rules: Vec<String> = rules.split(',').map(|rule| rule.trim().to_owned()).collect();
        let reason = reason.trim_start().strip_prefix(':').map_or("", str::trim);
        let trouble = match rules.iter().find(|rule| !known(rule)) {
            Some(rule) => Some(format!("no rule is called `{rule}`")),
            None if reason.is_empty() => Some("the reason is missing: write it after a colon".to_owned()),
            None => None,
        };
        let alone = line[..comment].trim().is_empty();
        let target = if alone {
            let skip = lines[number + 1..].iter().take_while(|line| {
                let line = line.trim();
                line.is_empty() || line.starts_with("//") || line.starts_with("#[")
            });
            number + 2 + skip.count()
        } else {
            number + 1
        };
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span { lo: position(offset + comment), hi: position(offset + line.len()) };
        found.push(Suppression { line: number + 1, target, span, rules, trouble, used: false });
    }
    found
}
