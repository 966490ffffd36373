//! One call for a command: options in, text and an exit code out.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use crate::{
    config::Profile,
    finding::Level,
    linter::{Linter, Report, Stage},
    output,
};

/// How the linter ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at error level, and no warnings where they are denied.
    Clean,
    /// There are findings.
    Findings,
    /// The project could not be looked at.
    Failed,
}

impl Exit {
    /// The number for the shell.
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit.code())
    }
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// Cargo's `compiler-message`, a line each.
    Json,
}

/// What a command asks for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The project's folder, or a file.
    pub path: PathBuf,
    /// A profile instead of the configured one.
    pub profile: Option<Profile>,
    /// How to write.
    pub format: Format,
    /// Whether to write in colours.
    pub colour: bool,
    /// Whether warnings count as findings for the exit code.
    pub deny_warnings: bool,
}

/// Lints and writes the findings to `out`, and a summary to `progress`.
pub fn run(options: &Options, out: &mut dyn Write, progress: &mut dyn Write) -> Exit {
    run_watched(options, out, progress, &|_| {})
}

/// The same, and tells `watch` how far it is; nothing is written before it is done.
pub fn run_watched(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn Write,
    watch: &(dyn Fn(Stage) + Sync),
) -> Exit {
    match lint(options, watch) {
        // No finding in nothing is no news: a mistyped path would pass for ever.
        Ok(report) if report.looked_at + report.generated == 0 => {
            let _ = writeln!(progress, "{}", nothing(options, &report));
            Exit::Failed
        }
        Ok(report) => match write(options, &report, out, progress) {
            Ok(()) => verdict(options, &report),
            Err(_) => Exit::Failed,
        },
        Err(error) => {
            let _ = writeln!(progress, "error: {error}");
            Exit::Failed
        }
    }
}

fn lint(options: &Options, watch: &(dyn Fn(Stage) + Sync)) -> Result<Report, String> {
    let linter = Linter::new(&options.path)?;
    let mut config = linter.config().clone();
    if let Some(profile) = options.profile {
        config.profile = profile;
    }
    linter.with_config(config).run_watched(watch)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn write(options: &Options, report: &Report, out: &mut dyn Write, progress: &mut dyn Write) -> io::Result<()> {
    let text = match options.format {
        Format::Human => output::human(report, &options.path, options.colour),
        Format::Json => output::json(report, &options.path),
    };
    out.write_all(text.as_bytes())?;
    let count = |level: Level| report.findings.iter().filter(|finding| finding.level == level).count();
    writeln!(
        progress,
        "{}, {}, {} suppressed; {}, {}, {} left out, {} skipped",
        counted(count(Level::Error), "error"),
        counted(count(Level::Warn), "warning"),
        report.suppressed,
        counted(report.files, "file"),
        counted(report.lines, "line"),
        counted(report.generated, "generated file"),
        report.skipped.len(),
    )
}

fn nothing(options: &Options, report: &Report) -> String {
    let path = options.path.display();
    match report.skipped.first() {
        None => format!("error: {path}: there is no Rust source in it"),
        Some((file, why)) => {
            let more = match report.skipped.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more like it"),
            };
            let line = why.line.map_or_else(String::new, |line| format!(":{line}"));
            format!("error: {path}: nothing of it can be read: {}{line}: it {}{more}", file.display(), why.why)
        }
    }
}

fn verdict(options: &Options, report: &Report) -> Exit {
    if report.has_errors() || (options.deny_warnings && !report.findings.is_empty()) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}
