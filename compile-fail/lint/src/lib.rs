//! Finds the locking mistakes that rustc lets through: deadlocks, lost wake-ups, locks across an `.await`.
//!
//! The linter reads sources; it builds nothing and runs on any stable compiler's. It resolves names, follows guards through
//! temporaries and calls, and says only what it is sure of: what it cannot see is on each rule's page in `docs/rules`.
//!
//! As a test of a project's own, with this crate among the dev-dependencies:
//!
//! ```
//! # struct Nothing;
//! #[test]
//! fn no_deadlocks() {
//!     raceproof_lint::assert_clean!();
//! }
//! ```
//!
//! On the command line it is `cargo race lint`, or `cargo raceproof lint`. A program of one's own calls [`run`], or
//! [`Linter`] for the findings themselves:
//!
//! ```
//! # fn main() -> Result<(), String> {
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/double_lock");
//! let report = raceproof_lint::Linter::new(folder)?.run()?;
//! assert!(report.findings.iter().any(|finding| finding.rule == "double_lock"));
//! # Ok(())
//! # }
//! ```
//!
//! The parts, in the order in which they work: `walk` finds the files, `source` reads and parses them, `lower` keeps what
//! matters, `model` resolves names, `flow` follows the guards, `rules` reports.

#![forbid(unsafe_code)]
#![expect(clippy::test_attr_in_doctest, reason = "the example is a test, and that it compiles is what is tested")]

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
pub use linter::{Linter, Report, Stage, assert_clean};
pub use rules::{RULES, Rule};
pub use run::{Exit, Format, Options, run, run_watched};
pub use source::Skipped;

/// Fails the test it stands in if this package has a finding, a warning too; the findings are the panic's message.
///
/// It looks at the folder of the package that the test belongs to, configured as everywhere by `raceproof.toml` or the
/// manifest, its own or its workspace's. A literal is a profile instead of the configured one:
/// `assert_clean!("pedantic")`. To look at a whole workspace, call [`assert_clean`](fn@assert_clean) with its folder.
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
