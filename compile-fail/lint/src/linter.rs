//! The linter as a whole: files in, findings out.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;

use crate::{
    config::Config,
    finding::{Finding, Label, Level},
    flow::Flow,
    ir::Span,
    model::{Model, Source},
    rules::{Context, Mark, RULES, Raw},
    source::{self, Outcome, Skipped},
    suppress,
    walk::{self, Tree},
};

/// A project to be linted.
#[derive(Clone, Debug)]
pub struct Linter {
    root: PathBuf,
    config: Config,
}

/// What a run of the linter has found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings, by file and line.
    pub findings: Vec<Finding>,
    /// Files that could not be looked at, and why.
    pub skipped: Vec<(PathBuf, Skipped)>,
    /// How many files were read.
    pub files: usize,
    /// How many of them were looked at.
    pub looked_at: usize,
    /// How many of them a program wrote: they are left out.
    pub generated: usize,
    /// How many lines were read.
    pub lines: usize,
    /// How many findings were suppressed, each with a reason.
    pub suppressed: usize,
}

impl Report {
    /// Whether there is a finding at error level.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and parsed.
    Reading {
        /// So many are done.
        done: usize,
        /// So many there are.
        of: usize,
    },
    /// The guards are followed through the functions.
    Following,
    /// The rules look at what was found.
    Judging,
}

/// The stack of a worker: an unoptimised build needs much of it.
const STACK: usize = 256 << 20;

impl Linter {
    /// A project in a folder, or a single file, with its own configuration.
    pub fn new(root: impl Into<PathBuf>) -> Result<Linter, String> {
        let root = root.into();
        let config = Config::load(&root)?;
        Ok(Linter { root, config })
    }

    /// The same with another configuration.
    #[must_use]
    pub fn with_config(mut self, config: Config) -> Linter {
        self.config = config;
        self
    }

    /// What is configured.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Runs, on all cores.
    pub fn run(&self) -> Result<Report, String> {
        self.run_watched(&|_| {})
    }

    /// The same, and tells `watch` how far it is; from any of its threads, and not too often.
    pub fn run_watched(&self, watch: &(dyn Fn(Stage) + Sync)) -> Result<Report, String> {
        let tree = walk::walk(&self.root, &self.config.exclude)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .stack_size(STACK)
            .build()
            .map_err(|error| format!("no threads: {error}"))?;
        Ok(pool.install(|| self.look(tree, watch)))
    }

    fn look(&self, tree: Tree, watch: &(dyn Fn(Stage) + Sync)) -> Report {
        let (done, of) = (AtomicUsize::new(0), tree.files.len());
        let outcomes: Vec<_> = tree
            .files
            .par_iter()
            .map(|file| {
                let outcome = match source::read(&file.path) {
                    Ok(text) => source::parse(&text, &file.module, file.test),
                    Err(skipped) => Outcome::Skipped(skipped),
                };
                // A count, for somebody who looks on: it orders nothing.
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done % 64 == 0 || done == of {
                    watch(Stage::Reading { done, of });
                }
                outcome
            })
            .collect();
        let mut report = Report { files: tree.files.len(), ..Report::default() };
        report.skipped.extend(tree.troubles.into_iter().map(|(path, why)| (path, Skipped { why, line: None })));
        let (mut files, mut modules) = (Vec::new(), Vec::new());
        for (file, outcome) in tree.files.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Parsed(parsed, lines) => {
                    modules.extend(parsed.into_iter().map(|module| (files.len(), module)));
                    report.lines += lines;
                    report.looked_at += 1;
                    files.push(Source { path: file.path, krate: file.krate });
                }
                Outcome::Generated => report.generated += 1,
                Outcome::Skipped(skipped) => report.skipped.push((file.path, skipped)),
            }
        }
        watch(Stage::Following);
        let model = Model::new(tree.krates, files, modules);
        let flow = Flow::new(&model);
        watch(Stage::Judging);
        let mut context = Context { model: &model, flow: &flow, raw: Vec::new() };
        for rule in RULES.iter().filter(|rule| self.config.level(rule) > Level::Allow) {
            (rule.check)(&mut context);
        }
        let raw = context.raw;
        self.finish(&model, raw, &mut report);
        report
    }

    /// Gives the findings their lines, takes out what is suppressed, and reports suppressions that do nothing.
    fn finish(&self, model: &Model, raw: Vec<Raw>, report: &mut Report) {
        let mut texts = Texts::of(model, &raw);
        let mut suppressions: BTreeMap<usize, Vec<suppress::Suppression>> = std::mem::take(&mut texts.suppressions);
        let mut seen = HashSet::new();
        for raw in raw {
            let Some(rule) = RULES.iter().find(|rule| rule.name == raw.rule) else { continue };
            let Some(first) = raw.marks.first() else { continue };
            if !seen.insert((raw.rule, first.file, first.span, raw.marks.last().map(|mark| mark.span))) {
                continue;
            }
            if raw.rule == "unsafe_send_sync" && texts.argued(first) {
                continue;
            }
            let labels: Vec<Label> = raw.marks.iter().map(|mark| label(model, &texts.lines, mark)).collect();
            let mut hidden = false;
            for mark in raw.marks.iter().zip(&labels) {
                for suppression in suppressions.get_mut(&mark.0.file).into_iter().flatten() {
                    let here = suppression.target == mark.1.line || suppression.line == mark.1.line;
                    if here && suppression.trouble.is_none() && suppression.rules.iter().any(|name| name == raw.rule) {
                        suppression.used = true;
                        hidden = true;
                    }
                }
            }
            if hidden {
                report.suppressed += 1;
                continue;
            }
            let package = model.krates[model.files[first.file].krate].package.clone();
            let (message, help) = (raw.message, raw.help);
            report.findings.push(Finding {
                rule: rule.name,
                level: self.config.level(rule).min(if raw.may { Level::Warn } else { Level::Error }),
                message,
                labels,
                help,
                package,
            });
        }
        for (file, list) in suppressions {
            for suppression in list {
                let active = suppression
                    .rules
                    .iter()
                    .any(|name| RULES.iter().any(|rule| rule.name == name && self.config.level(rule) > Level::Allow));
                let message = match &suppression.trouble {
                    Some(trouble) => format!("this suppression does not count: {trouble}"),
                    None if suppression.used || !active => continue,
                    None => "this suppression suppresses nothing".to_owned(),
                };
                let mark = Mark { file, span: suppression.span, text: "here".into() };
                report.findings.push(Finding {
                    rule: "unused_suppression",
                    level: Level::Warn,
                    message,
                    labels: vec![label(model, &texts.lines, &mark)],
                    help: "write `// raceproof: allow(rule): reason`, or take it out".into(),
                    package: model.krates[model.files[file].krate].package.clone(),
                });
            }
        }
        report.findings.sort_by(|a, b| {
            let key = |finding: &Finding| finding.place().map(|label| (label.file.clone(), label.line, label.column));
            key(a).cmp(&key(b)).then_with(|| a.rule.cmp(b.rule))
        });
        report.skipped.sort_by(|a, b| a.0.cmp(&b.0));
    }
}

/// Where the lines of the files with findings start.
struct Texts {
    lines: BTreeMap<usize, (String, Vec<usize>)>,
    suppressions: BTreeMap<usize, Vec<suppress::Suppression>>,
}

impl Texts {
    fn of(model: &Model, raw: &[Raw]) -> Texts {
        let needed: HashSet<usize> = raw.iter().flat_map(|raw| raw.marks.iter().map(|mark| mark.file)).collect();
        let read: Vec<_> = (0..model.files.len())
            .into_par_iter()
            .filter_map(|file| {
                let text = source::read(&model.files[file].path).ok()?;
                let suppressions = suppress::find(&text);
                if suppressions.is_empty() && !needed.contains(&file) {
                    return None;
                }
                let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
                Some((file, (text, starts), suppressions))
            })
            .collect();
        let mut texts = Texts { lines: BTreeMap::new(), suppressions: BTreeMap::new() };
        for (file, lines, suppressions) in read {
            texts.lines.insert(file, lines);
            if !suppressions.is_empty() {
                texts.suppressions.insert(file, suppressions);
            }
        }
        texts
    }

    /// Whether the comment above a place says why it is sound: `// SAFETY: ..`, as clippy asks for it.
    fn argued(&self, mark: &Mark) -> bool {
        let Some((text, starts)) = self.lines.get(&mark.file) else { return false };
        let line = starts.partition_point(|start| *start <= mark.span.lo as usize).max(1);
        let before = text.get(..starts[line - 1]).unwrap_or_default();
        let above =
            before.lines().rev().map(str::trim).take_while(|line| line.starts_with("//") || line.starts_with('#'));
        above.into_iter().any(|line| line.starts_with("//") && line.to_lowercase().contains("safety:"))
    }
}

fn label(model: &Model, texts: &BTreeMap<usize, (String, Vec<usize>)>, mark: &Mark) -> Label {
    let (mut line, mut column) = (1, 1);
    let Span { lo, .. } = mark.span;
    if let Some((text, starts)) = texts.get(&mark.file) {
        line = starts.partition_point(|start| *start <= lo as usize).max(1);
        let start = starts[line - 1];
        column = text.get(start..lo as usize).map_or(1, |before| before.chars().count() + 1);
    }
    Label { file: model.files[mark.file].path.clone(), span: mark.span, line, column, text: mark.text.clone() }
}

/// Fails with the findings of a project: what [`assert_clean!`](macro@crate::assert_clean) calls.
pub fn assert_clean(root: &Path, profile: Option<&str>) {
    let report = Linter::new(root).and_then(|linter| {
        let mut config = linter.config().clone();
        if let Some(profile) = profile {
            config.profile = profile.parse()?;
        }
        linter.with_config(config).run()
    });
    match report {
        Ok(report) if report.findings.is_empty() => {}
        Ok(report) => panic!("{}\n{} findings", crate::output::human(&report, root, false), report.findings.len()),
        Err(error) => panic!("the linter could not run: {error}"),
    }
}
