//! Finds the locking mistakes that rustc lets through: deadlocks, lost wake-ups, locks across an `.await`.
//!
//! The linter reads sources; it builds nothing and runs on any stable compiler's. It resolves names, follows guards through
//! temporaries and calls, and says only what it is sure of: what it cannot see is on each rule's page in `docs/rules`.
//!
//! As a test of a project's own:
//!
//! ```no_run
//! raceproof_lint::assert_clean!();
//! ```
//!
//! The parts, in the order in which they work: `walk` finds the files, `source` reads and parses them, `lower` keeps what
//! matters, `model` resolves names, `flow` follows the guards, `rules` reports.

#![forbid(unsafe_code)]

mod config;
mod finding;
mod flow;
mod ir;
mod linter;
mod lower;
mod model;
mod names;
pub mod output;
mod rules;
mod run;
mod source;
mod suppress;
mod walk;

pub use config::{Config, Profile};
pub use finding::{Finding, Label, Level};
pub use ir::Span;
pub use linter::{Linter, Report, assert_clean};
pub use rules::{RULES, Rule};
pub use run::{Exit, Format, Options, run};
pub use source::Skipped;

/// Fails the test it stands in if the project of this package has a finding. With a name, the profile: `"pedantic"`.
#[macro_export]
macro_rules! assert_clean {
    () => {
        $crate::assert_clean(::std::path::Path::new(::std::env!("CARGO_MANIFEST_DIR")), ::std::option::Option::None)
    };
    ($profile:literal) => {
        $crate::assert_clean(
            ::std::path::Path::new(::std::env!("CARGO_MANIFEST_DIR")),
            ::std::option::Option::Some($profile),
        )
    };
}
