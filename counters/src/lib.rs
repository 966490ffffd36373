//! Thread-safe types from plain structs.
//!
//! The crate documentation is written with the README; see [`guarded`].

// The attribute's expansion says `::raceproof`, and this crate is its first user.
extern crate self as raceproof;

pub mod cell;
pub mod counter;
#[cfg(feature = "explore")]
#[doc(hidden)]
pub mod explore;
pub mod hint;
pub mod map;
mod strategy;
pub mod sync;
pub mod thread;

#[doc = include_str!("guarded_signatures.md")]
pub use raceproof_macros::guarded;
pub use strategy::Poison;
pub use thread::thread_local;

/// What the attributes' expansions name. Not public: it changes without notice.
#[doc(hidden)]
pub mod __private {
    // Its users have it from `raceproof-test`; here it stands for the gallery, which shows what it refuses.
    pub use raceproof_macros::race_tests;

    pub use crate::strategy::{
        Again, Amount, Atomic, Build, Call, Exclusive, Guarded, Hidden, Integer, KnownAmount, Mutex, Named, OnPanic,
        Op, ReadOp, Rmw, RwLock, Shared, StateSend, StateShare, Strategy, UnknownAmount, Word,
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
