//! Thread-safe types from plain structs, and std's synchronisation in a form that can be explored.
//!
//! [`guarded`] on a struct and its impl makes a type whose lock nobody can see: each public method is one critical section.
//!
//! ```
//! use raceproof::guarded;
//!
//! #[guarded(rwlock)]
//! #[derive(Debug, Default)]
//! pub struct Thermometer { celsius: i32, highest: i32 }
//!
//! #[guarded]
//! impl Thermometer {
//!     pub fn read(&mut self, celsius: i32) {
//!         self.celsius = celsius;
//!         self.highest = self.highest.max(celsius); // the same critical section: nobody sees one without the other
//!     }
//!     pub fn range(&self) -> (i32, i32) { (self.celsius, self.highest) }
//! }
//!
//! let thermometer = Thermometer::default();
//! std::thread::scope(|scope| {
//!     scope.spawn(|| thermometer.read(21));
//!     scope.spawn(|| thermometer.range());
//! });
//! assert_eq!(thermometer.range(), (21, 21));
//! ```
//!
//! With `raceproof-test` among a crate's dev-dependencies, plain `cargo test` explores such types under loom, shuttle and
//! real threads, with no test written. That crate turns on this one's feature `explore`; without it [`sync`], [`thread`],
//! [`cell`] and [`hint`] *are* std's, and a guarded type is the hand-written lock, in size and in instructions.
//!
//! | strategy | how | a panic in a method |
//! |---|---|---|
//! | `mutex`, the default | one lock, for any state that is `Send` | poisons |
//! | `rwlock` | `&self` methods share the lock; the state is `Send + Sync` | of a `&mut self` method poisons |
//! | `left_right` | two copies; readers wait for nobody, and write to nothing that another reader writes to; the state is `Clone`, and so are the arguments of what changes it | leaves the state as it was |
//! | `atomic` | small fields, 64 bits together ([`Pack`]), in an atomic word; a method that changes them may run more than once | leaves the state as it was |
//! | `sharded` | parts, each behind a lock of its own: by `#[key]`, by thread, folded by `#[merge(..)]` | poisons the part |
//! | `striped` | a counter that only grows, in a stripe a thread | leaves the state as it was |
//! | `actor` | a mailbox and an owner, a thread or whoever calls; a call without result is posted ([how](guarded#actors)) | poisons |
//!
//! All are linearizable, but for methods that declare less; [`strategies`] has what was explored of each. [`Poison`] is the
//! way back from a poisoned object. Types whose locks you wrote yourself are explored by [`concurrent`], functions by
//! [`race_test`].

// The attribute's expansion says `::raceproof`, and this crate is its first user.
extern crate self as raceproof;

pub mod cell;
pub mod counter;
#[cfg(feature = "explore")]
#[doc(hidden)]
pub mod explore;
pub mod hint;
pub mod map;
pub mod spec;
#[doc = include_str!("strategies.md")]
pub mod strategies {}
mod strategy;
pub mod sync;
pub mod thread;

/// The chapter on it, with three worked bugs, is `docs/lock-free.md` in the repository.
pub use raceproof_macros::concurrent;
#[doc = include_str!("guarded_signatures.md")]
#[doc = include_str!("actors.md")]
pub use raceproof_macros::guarded;
#[doc = include_str!("race_test.md")]
pub use raceproof_macros::race_test;
pub use strategy::{Pack, Poison};
pub use thread::thread_local;

/// What the attributes' expansions name. Not public: it changes without notice.
#[doc(hidden)]
pub mod __private {
    // Its users have it from `raceproof-test`; here it stands for the gallery, which shows what it refuses.
    pub use raceproof_macros::race_tests;

    pub use crate::strategy::{Actor, Bounded, OnCaller, OnThread, Posts, Rings, Room, Unbounded, Visit};
    pub use crate::strategy::{
        Adds, Again, Amount, Atomic, Build, ByKey, ByThread, Call, Commutes, Consistency, Detach, Exclusive, Fold,
        Guarded, Hidden, Integer, Keyed, Kind, Known, KnownAmount, LeftRight, Mutation, Mutex, Named, Neutral, OnPanic,
        OneState, Op, Pack, Packed, Packer, ReadOp, Recipe, Repeatable, Rmw, RwLock, Sharded, Shared, StateSend,
        StateShare, Strategy, Striped, Stripes, Sweep, UnknownAmount, Unpacker, Unrouted, Unsigned, Wait, Whole, Word,
        fixed_hash, merge,
    };
}

/// Passes its tokens through where the feature `explore` is on, and drops them where it is off: what the attributes
/// generate for exploration alone must cost a shipping build nothing, and an attribute cannot see this crate's features.
#[cfg(feature = "explore")]
#[doc(hidden)]
#[macro_export]
macro_rules! __if_explore {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Passes its tokens through where the feature `explore` is on, and drops them where it is off.
#[cfg(not(feature = "explore"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __if_explore {
    ($($tokens:tt)*) => {};
}

/// Fails to compile where the feature `explore` is on without debug assertions: put it at the root of a product that
/// must never ship a build whose locks can be taken over by an explorer.
///
/// ```
/// raceproof::assert_shipping!();
/// ```
#[macro_export]
macro_rules! assert_shipping {
    () => {
        const _: () = ::core::assert!(
            ::core::cfg!(debug_assertions) || !$crate::EXPLORE,
            "raceproof is built with its feature `explore` in a build without debug assertions: a crate in this build \
             depends on `raceproof-test` outside its dev-dependencies"
        );
    };
}

/// Whether this build of the crate has the feature `explore`: true in test builds that have the explorer, and only there.
pub const EXPLORE: bool = cfg!(feature = "explore");
