//! The strategies, one row each: all that the macros know of them.
//!
//! Only the attribute on the struct looks here. To add a strategy:
//!
//! 1. The runtime, `counters/src/strategy/<name>.rs`: a marker type, its cell, `hidden_new!`, `Strategy` and `Call` (and
//!    `OneState`, if the state can be taken out in one piece), re-exported through `strategy/mod.rs` and `__private` in
//!    `lib.rs`. `strategy/mod.rs` there tells what an operation says of itself.
//! 2. A file beside this one with its row, and the row in [`ALL`]. A row is mostly [`lock::MUTEX`] with some of its
//!    fields changed:
//!
//! ```text
//! pub(super) const ACTOR: Strategy = Strategy {
//!     name: "actor",                                   // #[guarded(actor, owner = caller, mailbox = 64)]
//!     marker: "Actor",                                 // ::raceproof::__private::Actor
//!     options: &[
//!         ("owner", Takes { words: &["thread", "caller"], numbers: None }),
//!         ("mailbox", Takes { words: &[], numbers: Some(1..=65_536) }),
//!     ],
//!     // The marker's parameters: `Actor<OnCaller, Bounded<64>>`.
//!     arguments: |settings, rp| {
//!         let owner = if settings.is("owner", "caller") { quote!(#rp::OnCaller) } else { quote!(#rp::OnThread) };
//!         let mailbox = match settings.number("mailbox") {
//!             Some(size) => quote!(#rp::Bounded<#size>),
//!             None => quote!(#rp::Unbounded),
//!         };
//!         quote!(<#owner, #mailbox>)
//!     },
//!     shows_text: true,                                // `Debug` goes through the mailbox, and a `Formatter` is not `Send`
//!     refuses: &[(DeriveKind::Serialize, "a serializer cannot be sent to the owner")],
//!     ..lock::MUTEX
//! };
//! ```
//!
//! 3. A golden expansion in `tests.rs` if what is expanded is new, the refusals as codes and cases, a race-test file.

mod actor;
mod atomic;
mod lock;
mod sharded;
mod striped;

use crate::errors::Errors;
use crate::model::structure::{DeriveKind, Structure};
use crate::names::Crates;
use proc_macro2::TokenStream;
use std::fmt;
use std::ops::RangeInclusive;

/// One strategy, as the struct's attribute sees it.
pub(crate) struct Strategy {
    /// What the user writes.
    pub(crate) name: &'static str,
    /// The strategy's type in `raceproof::__private`.
    pub(crate) marker: &'static str,
    /// The options that may stand beside its name, and what they take.
    pub(crate) options: &'static [(&'static str, Takes)],
    /// Values of two options that do not go together, with the reason as a clause; what is refused is the first.
    pub(crate) excludes: &'static [(Value, Value, &'static str)],
    /// The marker's generic arguments, `<16>`, from the options; the second parameter is `::raceproof::__private`.
    pub(crate) arguments: fn(&Settings, &TokenStream) -> TokenStream,
    /// Whether the state must be `Copy`.
    pub(crate) copies_state: bool,
    /// Whether several threads may look at the state at once.
    pub(crate) shares_state: bool,
    /// Whether the state is kept in parts, so that every part but the first needs a neutral state.
    pub(crate) in_parts: bool,
    /// Whether `Debug` makes a text inside and writes it outside: a `Formatter` cannot be sent, and not lent twice.
    pub(crate) shows_text: bool,
    /// Derives that it cannot carry, each with the reason as a clause.
    pub(crate) refuses: &'static [(DeriveKind, &'static str)],
    /// Refuses a state that it cannot hold.
    pub(crate) check: fn(&Structure, &mut Errors),
    /// What `Hidden::new` is given, as a `const` expression of the variable `state`; the second parameter is
    /// `::raceproof::__private`.
    pub(crate) seed: fn(&Structure, &TokenStream) -> TokenStream,
    /// Items that this strategy alone needs.
    pub(crate) items: fn(&Structure, &Crates) -> TokenStream,
}

static ALL: &[Strategy] =
    &[lock::MUTEX, lock::RWLOCK, lock::LEFT_RIGHT, atomic::ATOMIC, sharded::SHARDED, striped::STRIPED, actor::ACTOR];

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

/// An option and a word that it takes.
pub(crate) type Value = (&'static str, &'static str);

/// The values that an option takes.
pub(crate) struct Takes {
    /// `owner = caller`
    pub(crate) words: &'static [&'static str],
    /// `shards = 16`
    pub(crate) numbers: Option<RangeInclusive<usize>>,
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" | "))?;
        if let Some(numbers) = &self.numbers {
            if !self.words.is_empty() {
                f.write_str(" | ")?;
            }
            write!(f, "{} to {}", numbers.start(), numbers.end())?;
        }
        Ok(())
    }
}

/// An option's value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Word(&'static str),
    Number(usize),
}

/// The options that were given.
#[derive(Clone, Default)]
pub(crate) struct Settings(Vec<(&'static str, Setting)>);

impl Settings {
    pub(crate) fn put(&mut self, name: &'static str, value: Setting) {
        self.0.push((name, value));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn is(&self, name: &str, word: &str) -> bool {
        matches!(self.get(name), Some(Setting::Word(given)) if given == word)
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        match self.get(name)? {
            Setting::Number(number) => Some(number),
            Setting::Word(_) => None,
        }
    }

    fn get(&self, name: &str) -> Option<Setting> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| *value)
    }
}
