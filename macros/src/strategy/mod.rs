//! The strategies, one row each: all that the macros know of them.
//!
//! Only the attribute on the struct looks here. To add a strategy: a file beside this one, and a row in [`ALL`].

mod atomic;
mod lock;

use crate::errors::Errors;
use crate::model::structure::Structure;
use crate::names::Crates;
use proc_macro2::TokenStream;

/// One strategy, as the struct's attribute sees it.
pub(crate) struct Strategy {
    /// What the user writes.
    pub(crate) name: &'static str,
    /// The strategy's type in `raceproof::__private`.
    pub(crate) marker: &'static str,
    /// Whether the state must be `Copy`.
    pub(crate) copies_state: bool,
    /// Whether several threads may look at the state at once.
    pub(crate) shares_state: bool,
    /// Refuses a state that it cannot hold.
    pub(crate) check: fn(&Structure, &mut Errors),
    /// What `Hidden::new` is given, as a `const` expression of the variable `state`.
    pub(crate) seed: fn(&Structure) -> TokenStream,
    /// Items that this strategy alone needs.
    pub(crate) items: fn(&Structure, &Crates) -> TokenStream,
}

static ALL: &[Strategy] = &[lock::MUTEX, lock::RWLOCK, atomic::ATOMIC];

/// The one without a name in the attribute, and in place of one that was refused: it holds any state.
pub(crate) fn default() -> &'static Strategy {
    &ALL[0]
}

pub(crate) fn find(name: &str) -> Option<&'static Strategy> {
    ALL.iter().find(|strategy| strategy.name == name)
}

/// `mutex`, `rwlock` and so on, for a message.
pub(crate) fn names() -> String {
    let all: Vec<_> = ALL.iter().map(|strategy| format!("`{}`", strategy.name)).collect();
    all.join(", ")
}
