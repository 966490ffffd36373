//! Errors accumulate: one item, one wave, all of its mistakes.

use crate::codes::Code;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The refusals of one item so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Refuses the tokens `at`. `what` says it of this very item; the code's help follows.
    pub(crate) fn refuse(&mut self, code: &Code, at: impl ToTokens, what: impl std::fmt::Display) {
        self.all.push(syn::Error::new_spanned(at, message(code, what)));
    }

    /// The same, where there is a place and no tokens.
    pub(crate) fn refuse_at(&mut self, code: &Code, at: Span, what: impl std::fmt::Display) {
        self.all.push(syn::Error::new(at, message(code, what)));
    }

    pub(crate) fn any(&self) -> bool {
        !self.all.is_empty()
    }

    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// One `compile_error!` each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.iter().map(syn::Error::to_compile_error).collect()
    }
}

fn message(code: &Code, what: impl std::fmt::Display) -> String {
    format!("{}: {what}\nhelp: {}", code.number, code.help)
}
