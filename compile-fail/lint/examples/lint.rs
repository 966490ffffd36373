//! Lints a folder: `cargo run --release --example lint -- path [--profile pedantic] [--json] [--only rule] [--brief]`.

use std::{io, process::ExitCode};

use raceproof_lint::{Format, Options, run};

fn main() -> ExitCode {
    let mut options = Options { path: ".".into(), colour: false, ..Options::default() };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--profile" => options.profile = args.next().and_then(|name| name.parse().ok()),
            "--json" => options.format = Format::Json,
            "--deny-warnings" => options.deny_warnings = true,
            path => options.path = path.into(),
        }
    }
    run(&options, &mut io::stdout(), &mut io::stderr()).into()
}
