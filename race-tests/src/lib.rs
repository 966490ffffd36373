//! Explores the interleavings of raceproof's guarded types, and checks every history against the plain struct.
//!
//! With this crate among its dev-dependencies, a crate's `#[guarded]` types are explored by plain `cargo test`, with no
//! test written. [`race_tests!`] does the same for generic types and for other constructors; [`Explorer`] is the library
//! under both.
//!
//! ```text
//! scenario -> explore -> history -> check -> report
//! ```
//!
//! A *scenario* says which operations each thread runs. An *engine* runs it, under one interleaving after another. Each
//! run gives a *history*: what was called, what came back, in which order. The *checker* looks for a sequential order of
//! the same operations that explains all results (linearizability: Herlihy and Wing, TOPLAS 1990). Where there is none,
//! the scenario is shrunk and the *report* shows it.

// What the macros generate says `::raceproof_test`, also for this crate's own tests.
#[allow(unused_extern_crates)]
extern crate self as raceproof_test;

mod check;
mod detect;
mod dpor;
mod explore;
mod explorer;
mod history;
mod ladder;
#[doc(hidden)]
pub mod measure;
mod mutant;
mod options;
pub mod orderings;
mod race_test;
mod regressions;
mod report;
mod scenario;
mod shrink;
mod subject;
mod summary;
mod task;
mod token;
mod verdict;

pub use explorer::Explorer;
pub use ladder::replay_once;
pub use options::Options;
pub use race_test::{Outcome, RaceReport, RaceTest, Reached};
pub use raceproof::explore::Mutation;
pub use raceproof::explore::subject::Consistency;
#[doc(inline)]
pub use raceproof::race_test;
pub use raceproof_macros::race_tests;
pub use report::{Finding, Kind};
pub use scenario::{Call, Scenario};
pub use subject::Subject;
pub use task::{block_on, spawn};
pub use verdict::{Fate, LevelReport, MutantReport, Report, Rung, RungReport, Verdict};

/// What the generated tests name. Not public: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::ladder::{replay, run};
    pub use crate::options::Options;
    pub use crate::race_test::race_test;
    pub use crate::subject::probe;
    pub use crate::subject::{Builder, Subject};
    pub use crate::verdict::Rung;
    pub use raceproof;
}

/// Describes a guarded type to the explorer: `subject!(Counter)`, `subject!(Bank = Bank::with_accounts(3))`.
///
/// The expression builds the object for each execution; without one, the type's constructor without arguments or its
/// `Default` does.
///
/// ```
/// # use raceproof::guarded;
/// # #[guarded(tests = off)] #[derive(Default)] struct Counter { value: u64 }
/// # #[guarded] impl Counter { pub fn increment(&mut self) { self.value += 1; } pub fn get(&self) -> u64 { self.value } }
/// let report = raceproof_test::Explorer::new(raceproof_test::subject!(Counter)).budget(0.1).run();
/// assert!(report.ok(), "{report}");
/// ```
#[macro_export]
macro_rules! subject {
    ($type:ty) => {
        $crate::__subject! { $type; name = ::core::stringify!($type); ; {} }
    };
    ($type:ty = $construct:expr) => {
        $crate::__subject! { $type; name = ::core::stringify!($type); $construct; {} }
    };
}

/// Replays one execution from its token, as a test: `replay!(Counter, "rp1~...")`. Panics with the report if the
/// execution still fails, and also if the token no longer fits the type.
#[macro_export]
macro_rules! replay {
    ($type:ty, $token:expr) => {
        $crate::__private::replay($crate::subject!($type), $token)
    };
    ($type:ty = $construct:expr, $token:expr) => {
        $crate::__private::replay($crate::subject!($type = $construct), $token)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __subject {
    ($type:ty; name = $name:expr; $($construct:expr)?; { $($key:ident : $value:expr),* $(,)? }) => {{
        // The probes ask, for this one concrete type, what its operations' arguments and results can do.
        #[allow(unused_imports)]
        use $crate::__private::probe::*;
        #[allow(unused_mut)]
        let mut builder = $crate::__private::Builder::<$type>::new(
            $name,
            ::core::concat!(::core::module_path!(), "::"),
            ::core::env!("CARGO_MANIFEST_DIR"),
        );
        $crate::__construct!(builder, $type, $($construct)?);
        builder.clone_with((&StateProbe::<$type>::NEW).cloner());
        $crate::__block!(builder, $type, 0);
        $crate::__block!(builder, $type, 1);
        $crate::__block!(builder, $type, 2);
        $crate::__block!(builder, $type, 3);
        #[allow(unused_mut)]
        let mut options = $crate::__private::Options::default();
        $( options.$key($value); )*
        builder.finish(options)
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __construct {
    ($builder:ident, $type:ty, ) => {
        $builder.construct_with((&&ConstructProbe::<$type>::NEW).constructor());
    };
    ($builder:ident, $type:ty, $construct:expr) => {
        $builder.construct_with(Some(|| -> $type { $construct }));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __block {
    ($builder:ident, $type:ty, $number:literal) => {
        let methods = (&BlockProbe::<$type, $number>::NEW).methods();
        $builder.leave_out((&BlockProbe::<$type, $number>::NEW).left_out());
        $crate::__methods!($builder, $type, methods,
            - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
            - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -);
        $builder.too_many(methods.names());
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __methods {
    ($builder:ident, $type:ty, $methods:ident, ) => {};
    ($builder:ident, $type:ty, $methods:ident, - $($rest:tt)*) => {
        {
            let probe = $methods.probe::<$type>();
            $builder.add(&probe, (&probe).sources(), (&probe).keeper(), (&probe).interner(), (&probe).show(), (&probe).show_input());
        }
        let $methods = $methods.tail();
        $crate::__methods!($builder, $type, $methods, $($rest)*);
    };
}

/// The README's programs, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
