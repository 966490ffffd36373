//! For editors: a line of JSON for each finding, in the shape of cargo's own `compiler-message`.

use std::path::Path;

use serde::Serialize;

use super::{human, shown};
use crate::{
    finding::{Finding, Label, Level},
    linter::Report,
    source,
};

#[derive(Serialize)]
struct Message<'a> {
    reason: &'static str,
    package_id: &'a str,
    manifest_path: String,
    target: Target<'a>,
    message: Diagnostic<'a>,
}

#[derive(Serialize)]
struct Target<'a> {
    kind: [&'static str; 1],
    crate_types: [&'static str; 1],
    name: &'a str,
    src_path: String,
    edition: &'static str,
    doc: bool,
    doctest: bool,
    test: bool,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    #[serde(rename = "$message_type")]
    kind: &'static str,
    message: &'a str,
    code: Option<Code<'a>>,
    level: &'static str,
    spans: Vec<Span>,
    children: Vec<Diagnostic<'a>>,
    rendered: Option<String>,
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
    explanation: Option<&'static str>,
}

#[derive(Serialize)]
struct Span {
    file_name: String,
    byte_start: u32,
    byte_end: u32,
    line_start: usize,
    line_end: usize,
    column_start: usize,
    column_end: usize,
    is_primary: bool,
    text: Vec<Line>,
    label: Option<String>,
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<String>,
    expansion: Option<()>,
}

#[derive(Serialize)]
struct Line {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

/// The report, one line a finding.
pub fn json(report: &Report, root: &Path) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        if let Ok(line) = serde_json::to_string(&message(finding, root)) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

fn message<'a>(finding: &'a Finding, root: &Path) -> Message<'a> {
    let first = finding.place().map(|label| label.file.display().to_string()).unwrap_or_default();
    let alone = Report { findings: vec![finding.clone()], ..Report::default() };
    let help = Diagnostic {
        kind: "diagnostic",
        message: &finding.help,
        code: None,
        level: "help",
        spans: Vec::new(),
        children: Vec::new(),
        rendered: None,
    };
    Message {
        reason: "compiler-message",
        package_id: &finding.package,
        manifest_path: root.join("Cargo.toml").display().to_string(),
        target: Target {
            kind: ["lib"],
            crate_types: ["lib"],
            name: &finding.package,
            src_path: first,
            edition: "2024",
            doc: true,
            doctest: true,
            test: true,
        },
        message: Diagnostic {
            kind: "diagnostic",
            message: &finding.message,
            code: Some(Code { code: finding.rule, explanation: None }),
            level: if finding.level == Level::Error { "error" } else { "warning" },
            spans: finding.labels.iter().enumerate().map(|(number, label)| span(label, number == 0, root)).collect(),
            children: vec![help],
            rendered: Some(human(&alone, root, false)),
        },
    }
}

fn span(label: &Label, is_primary: bool, root: &Path) -> Span {
    let text = source::read(&label.file).unwrap_or_default();
    let line = text.lines().nth(label.line.saturating_sub(1)).unwrap_or_default().to_owned();
    let width = text.get(label.span.lo as usize..label.span.hi as usize).map_or(1, |text| text.chars().count());
    Span {
        file_name: shown(&label.file, root),
        byte_start: label.span.lo,
        byte_end: label.span.hi,
        line_start: label.line,
        line_end: label.line,
        column_start: label.column,
        column_end: label.column + width,
        is_primary,
        text: vec![Line { text: line, highlight_start: label.column, highlight_end: label.column + width }],
        label: Some(label.text.clone()),
        suggested_replacement: None,
        suggestion_applicability: None,
        expansion: None,
    }
}
