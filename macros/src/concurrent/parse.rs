//! From tokens to the model: the options, and the attributes that stand on the methods.

use super::model::{Options, Role, Subject};
use crate::codes;
use crate::errors::Errors;
use crate::parse::attributes;
use crate::parse::block;
use crate::parse::options::ImplOptions;
use crate::parse::source::Facts;
use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, LitInt, Meta, Pat, Token};

/// Reads `spec = Type, start = expression, threads = 2, tests = off`.
pub(super) fn options(tokens: TokenStream, errors: &mut Errors) -> Options {
    let at = tokens.clone();
    let mut options = Options::default();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            option(input, &mut options, errors)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        let at = if at.is_empty() { Span::call_site() } else { error.span() };
        errors.refuse_at(&codes::CONCURRENT_OPTION, at, format!("this cannot be read ({error})"));
    }
    options
}

fn option(input: ParseStream<'_>, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    let key: Ident = input.call(syn::ext::IdentExt::parse_any)?;
    input.parse::<Token![=]>()?;
    let name = key.to_string();
    let mut twice = |known: bool| {
        if known {
            errors.refuse(&codes::CONCURRENT_OPTION, &key, format!("`{name}` is given twice"));
        }
    };
    match name.as_str() {
        "spec" => {
            twice(options.spec.is_some());
            options.spec = Some(input.parse()?);
        }
        "start" => {
            twice(options.start.is_some());
            options.start = Some(input.parse()?);
        }
        "threads" => {
            twice(options.threads.is_some());
            let number: LitInt = input.parse()?;
            match number.base10_parse::<usize>() {
                Ok(value) if (2..=4).contains(&value) => options.threads = Some(value),
                _ => errors.refuse(&codes::CONCURRENT_OPTION, &number, "`threads` is a number from 2 to 4"),
            }
        }
        "tests" => {
            let value: Ident = input.call(syn::ext::IdentExt::parse_any)?;
            match value.to_string().as_str() {
                "off" => options.no_tests = true,
                "on" => {}
                _ => errors.refuse(&codes::CONCURRENT_OPTION, &value, "`tests` is `off` or `on`"),
            }
        }
        _ => {
            input.parse::<syn::Expr>()?;
            errors.refuse(&codes::CONCURRENT_OPTION, &key, format!("`#[concurrent]` has no option `{name}`"));
        }
    }
    Ok(())
}

/// The model of the impl.
pub(super) fn subject(mut item: ItemImpl, options: Options, facts: Option<Facts>, errors: &mut Errors) -> Subject {
    let mut roles = Vec::new();
    for member in &mut item.items {
        if let ImplItem::Fn(function) = member {
            roles.push(role(function, errors));
        }
    }
    let known = facts.is_some();
    let facts = facts.unwrap_or_default();
    let derived = facts.derives_default || !facts.in_sight;
    let buildable = !known || facts.constructor || derived;
    let builder = facts.builder.clone();
    let second = facts.earlier_blocks > 0;
    // As `#[guarded]` reads it, where it can: what its own facts are about (a hidden state in another module) is no matter.
    let own = Facts { unguarded: None, imported: false, ..facts };
    let written = block::plain(item.clone());
    let readable = item.trait_.is_none() && item.unsafety.is_none();
    // What is neither a method nor a constant is none of our business.
    item.items.retain(|member| matches!(member, ImplItem::Fn(_) | ImplItem::Const(_)));
    let block = if readable { block::block(item, &ImplOptions::default(), Some(own), errors).ok() } else { None };
    Subject { written, block, options, roles, buildable, builder, second }
}

/// Takes our attributes off a method.
fn role(function: &mut ImplItemFn, errors: &mut Errors) -> Role {
    let mut role = Role {
        name: function.sig.ident.clone(),
        cfgs: attributes::cfgs(&function.attrs),
        skip: None,
        invariant: None,
        blocking: None,
        single: Vec::new(),
        spurious: None,
        thread: Vec::new(),
    };
    function.attrs.retain(|attribute| {
        let path = attribute.path();
        if path.is_ident("skip") {
            role.skip = flag(attribute, errors);
        } else if path.is_ident("invariant") {
            role.invariant = flag(attribute, errors);
        } else if path.is_ident("blocking") {
            role.blocking = flag(attribute, errors);
        } else if path.is_ident("single") {
            role.single.extend(groups(attribute, errors));
        } else if path.is_ident("spurious") {
            role.spurious = pattern(attribute, errors).map(|pattern| (pattern, attribute.span()));
        } else {
            return true;
        }
        false
    });
    let typed = function.sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    for (number, typed) in typed.enumerate() {
        let before = typed.attrs.len();
        let span = typed.attrs.iter().find(|a| a.path().is_ident("thread")).map_or_else(Span::call_site, Spanned::span);
        typed.attrs.retain(|a| !a.path().is_ident("thread"));
        if typed.attrs.len() < before {
            role.thread.push((number, span));
        }
    }
    role
}

/// `#[blocking]`, and nothing in parentheses.
fn flag(attribute: &Attribute, errors: &mut Errors) -> Option<Span> {
    if !matches!(attribute.meta, Meta::Path(_)) {
        errors.refuse(&codes::ROLE, attribute, "this attribute takes nothing");
    }
    Some(attribute.span())
}

/// `#[single(producer)]`, `#[single(producer, consumer)]`.
fn groups(attribute: &Attribute, errors: &mut Errors) -> Vec<Ident> {
    let names = attribute.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated);
    match names {
        Ok(names) if !names.is_empty() => names.into_iter().collect(),
        _ => {
            errors.refuse(&codes::ROLE, attribute, "this does not name the group that only one thread may call");
            Vec::new()
        }
    }
}

/// `#[spurious(None)]`, `#[spurious(Err(_))]`.
fn pattern(attribute: &Attribute, errors: &mut Errors) -> Option<Pat> {
    match attribute.parse_args_with(Pat::parse_multi_with_leading_vert) {
        Ok(pattern) => Some(pattern),
        Err(_) => {
            errors.refuse(&codes::ROLE, attribute, "this does not say which result is the failure");
            None
        }
    }
}
