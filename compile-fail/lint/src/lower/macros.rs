//! Macros that are common enough to look into. All others are left out, with what is in them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Expr, Token, parse::Parser, punctuated::Punctuated};

use super::{ident, span_of, ty};
use crate::{
    ir::{Span, TyRef},
    names::Name,
};

/// What the arguments of a macro become.
pub(crate) enum Meaning {
    /// Evaluated; references to them live as long as the statement.
    Shown(Vec<Expr>),
    /// The same, but the temporaries go before the macro ends.
    Condition(Vec<Expr>),
    /// Moved into something.
    Moved(Vec<Expr>),
    /// Evaluated, and then it does not return.
    Diverge(Vec<Expr>),
    /// Not looked into.
    Unknown,
}

/// What this macro does with its arguments.
pub(crate) fn meaning(mac: &syn::Macro) -> Meaning {
    let Some(last) = mac.path.segments.last() else { return Meaning::Unknown };
    let name = last.ident.to_string();
    let tokens = mac.tokens.clone();
    match name.as_str() {
        "panic" | "unreachable" | "unimplemented" | "todo" | "bail" | "abort" | "unreachable_unchecked" => {
            Meaning::Diverge(list(tokens))
        }
        "println" | "print" | "eprintln" | "eprint" | "format" | "write" | "writeln" | "format_args" | "assert_eq"
        | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" | "anyhow" | "trace" | "debug" | "info" | "warn"
        | "error" | "log" | "json" => Meaning::Shown(list(tokens)),
        // The words are only looked at when the condition is known, and its temporaries are gone.
        "assert" | "debug_assert" | "ensure" => Meaning::Condition(list(tokens).into_iter().take(1).collect()),
        "matches" => Meaning::Shown(first(tokens).into_iter().collect()),
        "dbg" | "vec" | "try_join" | "join" | "pin" => Meaning::Moved(list(tokens)),
        _ => Meaning::Unknown,
    }
}

fn list(tokens: TokenStream) -> Vec<Expr> {
    if let Ok(list) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
        return list.into_iter().collect();
    }
    // `vec![x; n]`
    let pair = |input: syn::parse::ParseStream<'_>| {
        let value: Expr = input.parse()?;
        let _: Token![;] = input.parse()?;
        let count: Expr = input.parse()?;
        Ok(vec![value, count])
    };
    pair.parse2(tokens).unwrap_or_default()
}

fn first(tokens: TokenStream) -> Option<Expr> {
    let parser = |input: syn::parse::ParseStream<'_>| {
        let value: Expr = input.parse()?;
        let _: TokenStream = input.parse()?;
        Ok(value)
    };
    parser.parse2(tokens).ok()
}

/// The statics of a `lazy_static!`.
pub(crate) fn lazy_statics(tokens: TokenStream) -> Vec<(Name, TyRef, Span)> {
    let parser = |input: syn::parse::ParseStream<'_>| {
        let mut out = Vec::new();
        while !input.is_empty() {
            let _ = input.call(syn::Attribute::parse_outer)?;
            let _: syn::Visibility = input.parse()?;
            let _: Token![static] = input.parse()?;
            let _: Token![ref] = input.parse()?;
            let name: syn::Ident = input.parse()?;
            let _: Token![:] = input.parse()?;
            let ty: syn::Type = input.parse()?;
            let _: Token![=] = input.parse()?;
            let _: Expr = input.parse()?;
            let _: Token![;] = input.parse()?;
            out.push((ident(&name), ty::lower(&ty), span_of(&name)));
        }
        Ok(out)
    };
    parser.parse2(tokens).unwrap_or_default()
}

/// The first block of a `cfg_if!`: the others are its alternatives.
pub(crate) fn cfg_if(tokens: TokenStream) -> Option<TokenStream> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    })
}
