//! A `#[concurrent]` impl, as the expansion needs it.

use crate::model::block::Block;
use proc_macro2::{Ident, Span};
use syn::{Expr, ItemImpl, Pat, Type};

/// The options in the parentheses.
#[derive(Default)]
pub(crate) struct Options {
    /// `spec = VecDeque<u8>`.
    pub(crate) spec: Option<Type>,
    /// `start = expression`, or `start = |object| expression`.
    pub(crate) start: Option<Expr>,
    /// `threads = 2`.
    pub(crate) threads: Option<usize>,
    /// `tests = off`.
    pub(crate) no_tests: bool,
}

/// One `#[concurrent]` impl.
pub(crate) struct Subject {
    /// The impl as the user wrote it, without our attributes.
    pub(crate) written: ItemImpl,
    /// The same as `#[guarded]` sees one: methods, arguments, where values come from. `None` if it cannot be read so.
    pub(crate) block: Option<Block>,
    pub(crate) options: Options,
    /// What stands on each method, by the method's name.
    pub(crate) roles: Vec<Role>,
    /// The tests can build it without arguments, as far as the file shows.
    pub(crate) buildable: bool,
    /// A constructor with arguments, as far as the file shows.
    pub(crate) builder: Option<String>,
    /// Whether an earlier impl of the type has the attribute too.
    pub(crate) second: bool,
}

/// What a method's attributes say of it.
pub(crate) struct Role {
    pub(crate) name: Ident,
    pub(crate) cfgs: Vec<syn::Attribute>,
    pub(crate) skip: Option<Span>,
    /// `#[invariant]`.
    pub(crate) invariant: Option<Span>,
    /// `#[blocking]`.
    pub(crate) blocking: Option<Span>,
    /// `#[single(consumer)]`.
    pub(crate) single: Vec<Ident>,
    /// `#[spurious(None)]`.
    pub(crate) spurious: Option<(Pat, Span)>,
    /// `#[thread]`, by the parameter's number.
    pub(crate) thread: Vec<(usize, Span)>,
}

impl Role {
    /// A role's attribute, for the refusal of one that has no effect.
    pub(crate) fn any(&self) -> Option<Span> {
        let single = self.single.first().map(Ident::span);
        let spurious = self.spurious.as_ref().map(|(_, span)| *span);
        self.blocking.or(single).or(spurious).or(self.thread.first().map(|(_, span)| *span))
    }
}

impl Subject {
    pub(crate) fn role(&self, name: &Ident) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == *name)
    }
}
