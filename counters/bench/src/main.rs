//! What each strategy costs beside its peers: `cargo race bench`, or
//! `cargo run --profile measure -p raceproof-bench --features peers --bin raceproof-bench`.
//!
//! The one thing to know: all contenders of a table run interleaved, round by round, in one process, and what is
//! compared is the ratio within a round. Absolute figures do not carry to another machine, or to another day.

#![allow(missing_docs, reason = "a program")]

mod chart;
mod counter;
mod extra;
mod map;
mod measure;
mod options;
mod report;

use options::{Options, Part};
use report::Report;
use std::process::ExitCode;

#[global_allocator]
static HEAP: extra::heap::Counting = extra::heap::Counting;

fn main() -> ExitCode {
    if raceproof::EXPLORE {
        eprintln!(
            "built with `explore`: this is not what ships. Build it alone: \
             cargo run --profile measure -p raceproof-bench --features peers --bin raceproof-bench"
        );
        return ExitCode::from(2);
    }
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("raceproof-bench: {error}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    if options.soak {
        return extra::soak::soak(&options);
    }
    if let Some(cpus) = options.talk_child {
        return counter::talk::child(cpus, &options);
    }
    let mut report = Report::new(&options);
    for part in Part::ALL {
        if !options.wants(part) {
            continue;
        }
        match part {
            Part::Counter => counter::measure(&options, &mut report),
            Part::Talk => counter::talk::measure(&options, &mut report),
            Part::Map => map::measure(&options, &mut report),
            Part::ReadMostly => map::read_mostly(&options, &mut report),
            Part::Sharing => extra::sharing::measure(&options, &mut report),
            Part::Bytes => extra::bytes::measure(&options, &mut report),
            Part::Actors => extra::actors::measure(&options, &mut report),
        }
    }
    if let Err(error) = report.write(&options) {
        eprintln!("raceproof-bench: {error}");
        return ExitCode::from(2);
    }
    ExitCode::SUCCESS
}
