//! `cargo race`: explores raceproof's own counters and maps in every strategy, and shows a caught race.

mod bench;
mod builtin;
mod highlight;
mod lint;
mod markdown;
mod orderings;
mod pages;
mod table;

use clap::{CommandFactory, FromArgMatches, Parser};
use raceproof_test::{Explorer, Kind, Rung, Verdict};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Explores raceproof's built-in types and shows a caught race.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Seconds for each type; less than the floor needs is no less than the floor
    #[arg(long, default_value_t = 2.0, value_parser = seconds, allow_negative_numbers = true)]
    budget: f64,
    /// Only types whose name contains this
    #[arg(long = "type", value_name = "NAME")]
    filter: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Measures every strategy beside its peers, in a build of its own; `-- --help` has the options
    Bench {
        /// Options of the benchmark, after `--`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Runs the one execution of a built-in type that a token stands for
    Replay {
        /// The token from a report: rp1~...
        token: String,
    },
    /// Tells what an error code of the attributes or a rule of the linter is about; without a name, lists them
    Explain {
        /// RP0001, double_lock, or a code of the compiler's such as E0499
        name: Option<String>,
    },
    /// Shows programs that are wrong, what stops them, and what to write instead; without a name, lists them
    Gallery {
        /// A case, or a theme
        name: Option<String>,
    },
    /// Weakens each atomic ordering of a type in turn, and says which of them it needs
    Orderings {
        /// A built-in type, or one that the tests of the workspace in the current folder explore
        #[arg(value_name = "TYPE", value_parser = type_name)]
        name: String,
        /// Seconds for the study; a few scenarios are explored with each ordering whatever the budget
        #[arg(long, default_value_t = 20.0, value_parser = seconds, allow_negative_numbers = true)]
        budget: f64,
    },
    /// Looks for locking mistakes in the sources of a project, and builds nothing
    Lint(lint::Arguments),
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("a number of seconds from 0 to 86400".to_owned()),
    }
}

fn type_name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a type's name, such as `MutexCounter` or `Registry<u8, u8>`".to_owned()),
        name => Ok(name.to_owned()),
    }
}

/// What cargo says first when it runs us as an installed subcommand.
const INSTALLED: &str = "raceproof";

/// What the user has typed: the alias of a checkout, or the installed command. What is advised has to work when it is
/// typed likewise.
fn invoked_as() -> &'static str {
    let installed = std::env::args_os().nth(1).is_some_and(|word| word == INSTALLED);
    if installed { "cargo raceproof" } else { "cargo race" }
}

/// The command that replays a token of a built-in type.
fn replay_command() -> &'static str {
    if invoked_as() == "cargo race" { "cargo race replay" } else { "cargo raceproof replay" }
}

/// The command line. Says what is wrong with it and ends the process, if something is.
fn arguments() -> Arguments {
    let words = std::env::args_os().enumerate().filter(|(at, word)| *at != 1 || word != INSTALLED);
    let command = Arguments::command().name(invoked_as()).bin_name(invoked_as());
    let matches = command.get_matches_from(words.map(|(_, word)| word));
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn main() -> ExitCode {
    let arguments = arguments();
    let outcome = match &arguments.command {
        Some(Command::Lint(arguments)) => return lint::lint(arguments),
        Some(Command::Explain { name }) => show(pages::explain(name.as_deref(), markdown::Screen::current())),
        Some(Command::Gallery { name }) => show(pages::gallery(name.as_deref(), markdown::Screen::current())),
        Some(Command::Replay { token }) => replay(token),
        Some(Command::Bench { options }) => bench::bench(options),
        Some(Command::Orderings { name, budget }) => orderings::run(name, *budget),
        None => race(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Who reads on may stop reading: `cargo race | head` is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", invoked_as());
            ExitCode::from(2)
        }
    }
}

/// Prints a page; that there is none is an error.
fn show(page: Result<String, String>) -> std::io::Result<bool> {
    let page = page.map_err(std::io::Error::other)?;
    std::io::stdout().lock().write_all(page.as_bytes())?;
    Ok(true)
}

/// Whether the token was replayed and fails no more; a report is printed if it does.
fn replay(token: &str) -> std::io::Result<bool> {
    let mut complaint = "it belongs to none of the built-in types; for a type of your own, \
                         `RACEPROOF_REPLAY='rp1~..' cargo test` in its package"
        .to_owned();
    for one in builtin::all() {
        match raceproof_test::replay_once(&one.subject, token) {
            Ok(Some(finding)) => {
                writeln!(std::io::stdout().lock(), "{finding}")?;
                return Ok(false);
            }
            Ok(None) => {
                writeln!(std::io::stdout().lock(), "nothing failed: the code has changed since the token was made")?;
                return Ok(true);
            }
            Err(why) if !why.starts_with("it calls") && !why.starts_with("it is a token of") => complaint = why,
            Err(_) => {}
        }
    }
    Err(std::io::Error::other(format!("the token cannot be replayed: {complaint}")))
}

/// Whether everything was as expected: the types hold, the mutant is caught.
fn race(arguments: &Arguments) -> std::io::Result<bool> {
    let wanted = |name: &str| arguments.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
    let types: Vec<_> = builtin::all().into_iter().filter(|one| wanted(one.subject.name())).collect();
    let mut out = std::io::stdout().lock();
    if types.is_empty() {
        let names: Vec<String> = builtin::all().iter().map(|one| one.subject.name().to_owned()).collect();
        return Err(std::io::Error::other(format!("no built-in type matches; there are {}", names.join(", "))));
    }
    let bar = table::bar(types.len() * Rung::ALL.len());
    let mut rows = Vec::new();
    let mut expected = true;
    let mut findings = Vec::new();
    for one in types {
        let name = one.subject.name().to_owned();
        let began = std::time::Instant::now();
        for rung in Rung::ALL {
            bar.set_message(format!("{name}: {rung}"));
            let watched = bar.clone();
            let label = name.clone();
            let report = Explorer::new(one.subject.clone())
                .budget(arguments.budget)
                .rungs(&[rung])
                .watch(move |rung, scenarios, executions| {
                    watched.set_message(format!("{label}: {rung}, {scenarios} scenarios, {executions} executions"));
                })
                .run();
            bar.inc(1);
            for rung in report.rungs {
                expected &= rung.verdict.ok() && !rung.mutants.iter().any(table::lost_update_survived);
                if let Verdict::Violation(finding) = &rung.verdict {
                    findings.push((**finding).clone());
                }
                rows.push(table::Row { name: name.clone(), strategy: one.strategy, report: rung });
            }
        }
        // The table's columns are as wide as all rows need, so it comes at the end; without a bar that is a long silence.
        if bar.is_hidden() {
            // Who reads it may have gone.
            let _ = writeln!(std::io::stderr(), "{name}: explored, {:.1} s", began.elapsed().as_secs_f64());
        }
    }
    bar.finish_and_clear();
    table::write(&mut out, &rows, std::io::stdout().is_terminal())?;
    for finding in findings {
        writeln!(out, "\n{finding}")?;
    }
    expected &= naive(&mut out, arguments.budget)?;
    Ok(expected)
}

/// The naive counter, and how it is caught.
fn naive(out: &mut impl Write, budget: f64) -> std::io::Result<bool> {
    let naive = builtin::all().swap_remove(0).subject.lost_update();
    let report = Explorer::new(naive).budget(budget).rungs(&[Rung::Loom]).run();
    match report.finding() {
        Some(finding) if finding.kind == Kind::NotLinearizable => {
            writeln!(out, "\nThe same counter, naive: this is what a caught race looks like.\n\n{finding}")?;
            Ok(true)
        }
        _ => {
            writeln!(out, "\nThe naive counter was not caught, so nothing above means anything:\n{report}")?;
            Ok(false)
        }
    }
}
