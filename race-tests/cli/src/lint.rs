//! `cargo race lint`: the linter's own words, exit codes and all; here is only what a terminal adds, colours and a bar.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use raceproof_lint::{Format, Options, Profile, Stage};

/// What stands behind `lint`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder, or a file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// application, library or pedantic; the project's own configuration says otherwise
    #[arg(long, value_parser = |name: &str| name.parse::<Profile>())]
    profile: Option<Profile>,
    /// One line of JSON a finding, as cargo's own messages, for editors
    #[arg(long)]
    json: bool,
    /// Exit with 1 for warnings too
    #[arg(long)]
    deny_warnings: bool,
}

/// Exits with 0 if there is nothing, with 1 for findings, with 2 if it could not look.
pub(crate) fn lint(arguments: &Arguments) -> ExitCode {
    let options = Options {
        path: arguments.path.clone(),
        profile: arguments.profile,
        format: if arguments.json { Format::Json } else { Format::Human },
        colour: std::io::stdout().is_terminal() && crate::markdown::wanted(),
        deny_warnings: arguments.deny_warnings,
    };
    // On a terminal only; and it is gone before the first finding is written.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} [{bar:24}] {pos}/{len} files {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    let mut out = Vec::new();
    let exit = raceproof_lint::run_watched(&options, &mut out, &mut Summary(&bar), &|stage| match stage {
        Stage::Reading { done, of } => {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
        Stage::Following => bar.set_message("read; following the guards"),
        Stage::Judging => bar.set_message("read; looking at what they meet"),
    });
    bar.finish_and_clear();
    match std::io::Write::write_all(&mut std::io::stdout().lock(), &out) {
        // Who reads on may stop reading; but what nobody could be told is no outcome.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error: the findings cannot be written: {error}");
            raceproof_lint::Exit::Failed.into()
        }
        _ => exit.into(),
    }
}

/// The standard error, below the bar.
struct Summary<'a>(&'a ProgressBar);

impl std::io::Write for Summary<'_> {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.suspend(|| std::io::stderr().write(text))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}
