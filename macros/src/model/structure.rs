//! A guarded struct.

use crate::strategy::{Settings, Strategy};
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, DeriveInput, Path};

/// The struct that becomes a wrapper and its state.
pub(crate) struct Structure {
    /// `#[cfg]`s: everything generated bears them.
    pub(crate) cfgs: Vec<Attribute>,
    /// Attributes of the wrapper: docs and what else speaks to its users.
    pub(crate) face: Vec<Attribute>,
    /// Derives below the attribute, each once.
    pub(crate) derives: Vec<Derive>,
    /// The user's item, under the name of the state: private fields, no derives, no docs of its own.
    pub(crate) definition: DeriveInput,
    /// The wrapper's name.
    pub(crate) wrapper: Ident,
    /// The state's name.
    pub(crate) state: Ident,
    pub(crate) strategy: &'static Strategy,
    pub(crate) strategy_span: Span,
    /// The strategy's own options.
    pub(crate) settings: Settings,
    /// Whether to generate tests.
    pub(crate) tests: bool,
    /// Whether the tests can build it without arguments, as far as the file shows.
    pub(crate) buildable: bool,
    /// A constructor with arguments, as far as the file shows.
    pub(crate) builder: Option<String>,
    /// Something was refused: what is expanded is a stub.
    pub(crate) stub: bool,
}

/// One derive that the attribute maps.
pub(crate) struct Derive {
    pub(crate) kind: DeriveKind,
    /// As the user wrote it.
    pub(crate) path: Path,
    /// The predicate, where it stands in a `cfg_attr`.
    pub(crate) condition: Option<TokenStream>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeriveKind {
    Debug,
    Default,
    Clone,
    Copy,
    Serialize,
    Deserialize,
}

impl DeriveKind {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Debug" => Self::Debug,
            "Default" => Self::Default,
            "Clone" => Self::Clone,
            "Copy" => Self::Copy,
            "Serialize" => Self::Serialize,
            "Deserialize" => Self::Deserialize,
            _ => return None,
        })
    }
}

impl Structure {
    pub(crate) fn derive(&self, kind: DeriveKind) -> Option<&Derive> {
        self.derives.iter().find(|derive| derive.kind == kind)
    }
}
