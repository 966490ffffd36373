//! `#[concurrent(spec = Type)]`: a type whose synchronisation was written by hand, explored against a spec.
//!
//! The impl stays as it is written, but for the attributes that are ours. Beside it stands what `#[guarded]` makes for
//! exploration; where a guarded type has its hidden state, this one has the spec.

mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use crate::codes;
use crate::errors::Errors;
use crate::names::Crates;
use crate::parse::{recover, source};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Item;

/// The attribute, as a function of tokens.
pub(crate) fn concurrent(options: TokenStream, item: TokenStream, crates: &Crates) -> TokenStream {
    let mut errors = Errors::new();
    let expansion = match recover::item(item.clone(), &mut errors) {
        Some(Item::Impl(item)) => of_impl(options, item, crates, &mut errors),
        Some(other) => {
            errors.refuse_at(&codes::CONCURRENT_ITEM, Span::call_site(), "this is no impl");
            quote!(#other)
        }
        // Not even its head can be read; rustc says the rest.
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#errors #expansion)
}

fn of_impl(options: TokenStream, item: syn::ItemImpl, crates: &Crates, errors: &mut Errors) -> TokenStream {
    let options = parse::options(options, errors);
    let facts = source::of_impl(&item);
    let mut subject = parse::subject(item, options, facts, errors);
    check::check(&mut subject, errors);
    let written = &subject.written;
    if errors.any() {
        // The user's own text does for a stub: all its methods are there.
        return quote!(#written);
    }
    let explored = expand::expand(&subject, crates);
    quote!(#written #explored)
}
