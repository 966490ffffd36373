//! Which of an item's attributes goes where.

use syn::{AttrStyle, Attribute, Meta};

/// The names in a list, whatever the path before them.
fn is(attribute: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attribute.path().is_ident(name))
}

/// Attributes of the language itself, that no macro can hide behind.
pub(crate) fn is_builtin(attribute: &Attribute) -> bool {
    is(
        attribute,
        &[
            "doc",
            "derive",
            "allow",
            "warn",
            "deny",
            "forbid",
            "expect",
            "cfg",
            "must_use",
            "deprecated",
            "repr",
            "non_exhaustive",
            "automatically_derived",
            "inline",
            "cold",
            "track_caller",
            "__raceproof_here",
        ],
    )
}

pub(crate) fn is_cfg(attribute: &Attribute) -> bool {
    is(attribute, &["cfg"])
}

/// Takes the `#[cfg]`s out: everything generated bears them.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|a| is_cfg(a)).cloned().collect()
}

/// Whether it speaks to the type's users.
pub(crate) fn is_public_face(attribute: &Attribute) -> bool {
    is(attribute, &["doc", "must_use", "deprecated", "non_exhaustive"])
        || conditional(attribute, &["doc", "must_use", "deprecated"])
}

/// Whether it sets a lint's level.
pub(crate) fn is_lint(attribute: &Attribute) -> bool {
    is(attribute, &["allow", "warn", "deny", "forbid"])
}

/// `#[cfg_attr(predicate, name ...)]`.
fn conditional(attribute: &Attribute, names: &[&str]) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    if !list.path.is_ident("cfg_attr") {
        return false;
    }
    let parsed = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
    parsed.is_ok_and(|all| {
        all.len() > 1 && all.iter().skip(1).all(|meta| names.iter().any(|name| meta.path().is_ident(name)))
    })
}

/// What the wrapper's method takes over from the user's: what callers see, and how it is compiled.
pub(crate) fn belongs_to_wrapper_method(attribute: &Attribute) -> bool {
    // An inner one, `#![allow(..)]`, stands in the body and speaks of that.
    matches!(attribute.style, AttrStyle::Outer)
        && (is_public_face(attribute)
            || is_lint(attribute)
            || is(attribute, &["inline", "cold", "track_caller"])
            || conditional(attribute, &["inline", "cold", "track_caller"]))
}

pub(crate) fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|a| a.path().is_ident(name))
}
