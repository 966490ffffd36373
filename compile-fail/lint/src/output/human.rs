//! For people: as rustc writes, with the source.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use annotate_snippets::{AnnotationKind, Level as Title, Renderer, Snippet};

use super::shown;
use crate::{
    finding::{Finding, Label, Level},
    linter::Report,
    source,
};

/// The whole report, and a line that counts.
pub fn human(report: &Report, root: &Path, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut texts = BTreeMap::new();
    let mut out = String::new();
    for finding in &report.findings {
        for label in &finding.labels {
            texts.entry(label.file.clone()).or_insert_with(|| source::read(&label.file).unwrap_or_default());
        }
        let _ = writeln!(out, "{}\n", one(finding, root, &texts, &renderer));
    }
    for (path, skipped) in &report.skipped {
        let line = skipped.line.map_or_else(String::new, |line| format!(":{line}"));
        let _ = writeln!(out, "warning: skipped {}{line}: it {}", shown(path, root), skipped.why);
    }
    out
}

fn one(finding: &Finding, root: &Path, texts: &BTreeMap<std::path::PathBuf, String>, renderer: &Renderer) -> String {
    // One snippet a file, in the order in which they are told.
    let mut files: Vec<(&Path, Vec<(usize, &Label)>)> = Vec::new();
    for (number, label) in finding.labels.iter().enumerate() {
        match files.iter_mut().find(|(path, _)| *path == label.file) {
            Some((_, labels)) => labels.push((number, label)),
            None => files.push((&label.file, vec![(number, label)])),
        }
    }
    let level = if finding.level == Level::Error { Title::ERROR } else { Title::WARNING };
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.rule)
        .elements(Vec::<annotate_snippets::Element<'_>>::new());
    for (path, labels) in &files {
        let Some(text) = texts.get(*path) else { continue };
        let mut snippet = Snippet::source(text.as_str()).path(shown(path, root)).fold(true);
        for (number, label) in labels {
            let kind = if *number == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let (lo, hi) = (label.span.lo as usize, (label.span.hi as usize).min(text.len()));
            if lo < hi && text.is_char_boundary(lo) && text.is_char_boundary(hi) {
                snippet = snippet.annotation(kind.span(lo..hi).label(label.text.as_str()));
            }
        }
        group = group.element(snippet);
    }
    let group = group.element(Title::HELP.message(finding.help.as_str()));
    renderer.render(&[group])
}
