//! Refusals of an impl and of its methods; and, for what is not refused, what becomes of it.

use super::results;
use crate::codes;
use crate::errors::Errors;
use crate::model::block::{Block, Kind, Member, Merge, Method};
use crate::types;
use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::HashSet;
use syn::{FnArg, Generics, Path, Type, TypeParamBound, WherePredicate};

pub(crate) fn block(block: &mut Block, errors: &mut Errors) {
    if let Some(path) = &block.trait_ {
        trait_(path, errors);
    } else if block.number > 3 {
        errors.refuse_at(
            &codes::TOO_MANY_BLOCKS,
            block.number_span,
            format!("this is one guarded impl of `{}` too many", block.own),
        );
    }
    if block.elsewhere || errors.any() && block.trait_.is_some() {
        // The impl is refused whole: what stands in its methods would only be more of the same.
        block.stub = true;
        refuse_all(block);
        return;
    }
    twice(block);
    for member in &mut block.members {
        if let Member::Method(checked) = member
            && checked.kind != Kind::Private
        {
            let before = errors.count();
            method(checked, &block.own, &block.generics, errors);
            checked.refused |= errors.count() > before;
        }
    }
    block.stub = errors.any();
}

/// A second method of one name stays on the state, where rustc says so of what the user wrote, and of nothing else. Two
/// that each have a `#[cfg]` may never meet.
fn twice(block: &mut Block) {
    let mut seen = HashSet::new();
    for member in &mut block.members {
        if let Member::Method(method) = member
            && method.cfgs.is_empty()
            && !seen.insert(method.sig.ident.to_string())
        {
            method.kind = Kind::Private;
        }
    }
}

fn refuse_all(block: &mut Block) {
    for member in &mut block.members {
        if let Member::Method(method) = member {
            method.refused = true;
        }
    }
}

fn trait_(path: &Path, errors: &mut Errors) {
    let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    match name.as_str() {
        "Deref" | "DerefMut" | "Index" | "IndexMut" | "AsRef" | "AsMut" | "Borrow" | "BorrowMut" => {
            errors.refuse(
                &codes::TRAIT_REFERENCE,
                path,
                format!("`{name}` hands out a reference into the state, past the lock"),
            );
        }
        "PartialEq" | "Eq" | "PartialOrd" | "Ord" | "Hash" => {
            errors.refuse(
                &codes::TRAIT_TWO,
                path,
                format!("`{name}` would look at two objects at once, or at one as if it never changed"),
            );
        }
        "Copy" => errors.refuse(
            &codes::TRAIT_REFERENCE,
            path,
            "a lock cannot be copied; `Clone` copies the state into a lock of its own",
        ),
        _ => {}
    }
}

fn method(method: &mut Method, own: &Ident, generics: &Generics, errors: &mut Errors) {
    let sig = &method.sig;
    if let Some(token) = &sig.asyncness {
        errors.refuse(&codes::ASYNC, token, format!("`{}` would hold the lock while it waits", sig.ident));
    }
    if let Some(token) = &sig.unsafety {
        errors.refuse(
            &codes::UNSAFE,
            token,
            format!("the tests call `{}` from any thread in any order, and could not keep its contract", sig.ident),
        );
    }
    if let Some(abi) = &sig.abi {
        errors.refuse(&codes::UNSAFE, abi, format!("`{}` becomes a method of another type", sig.ident));
    }
    if let (Some(token), true) = (&sig.constness, method.kind != Kind::Associated) {
        errors.refuse(&codes::CONST_METHOD, token, format!("`{}` takes a lock", sig.ident));
    }
    receiver(method, generics, errors);
    arguments(method, own, errors);
    callbacks(method, errors);
    routing(method, errors);
    results::result(method, own, generics, errors);
}

fn receiver(method: &Method, generics: &Generics, errors: &mut Errors) {
    let Some(receiver) = method.sig.receiver() else { return };
    if let Type::Reference(reference) = &*receiver.ty
        && let Some(lifetime) = &reference.lifetime
        && (lifetime.ident == "static" || generics.lifetimes().any(|known| known.lifetime == *lifetime))
    {
        errors.refuse(
            &codes::RECEIVER,
            lifetime,
            format!("the state is borrowed while the lock is held, and `{lifetime}` is longer"),
        );
        return;
    }
    let plain = match &*receiver.ty {
        Type::Path(path) => path.path.is_ident("Self"),
        Type::Reference(reference) => matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("Self")),
        _ => false,
    };
    if !plain {
        let ty = &receiver.ty;
        errors.refuse(&codes::RECEIVER, receiver, format!("the plain state behind the lock is in no `{}`", text(ty)));
    }
}

fn arguments(method: &mut Method, own: &Ident, errors: &mut Errors) {
    for argument in &mut method.arguments {
        if types::is_own(&argument.ty, own) {
            argument.own = true;
            continue;
        }
        if !types::mentions_own(&argument.ty, own) {
            continue;
        }
        match &argument.ty {
            Type::Reference(reference) if types::is_own(&reference.elem, own) => errors.refuse(
                &codes::TWO_OBJECTS,
                &argument.ty,
                format!(
                    "`{}` would lock a second object, and the other way round elsewhere: a deadlock",
                    argument.name
                ),
            ),
            ty => errors.refuse(
                &codes::SELF_INSIDE,
                ty,
                format!("the objects inside `{}` each have a lock of their own", argument.name),
            ),
        }
    }
}

fn callbacks(method: &Method, errors: &mut Errors) {
    if method.allow_callback || !matches!(method.kind, Kind::Shared | Kind::Exclusive) {
        return;
    }
    let called = generic_callbacks(&method.sig.generics);
    for (argument, input) in
        method.arguments.iter().zip(method.sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))))
    {
        let by_parameter = types::idents(&argument.ty).iter().any(|ident| called.contains(ident));
        if by_parameter || types::borrows(&argument.ty).callback {
            errors.refuse(
                &codes::CALLBACK,
                input,
                format!(
                    "`{}` would run while the lock is held; if it calls this object again, it waits for itself",
                    argument.name
                ),
            );
        }
    }
}

/// What a method says of how it may be carried has to agree with the rest of it.
fn routing(method: &Method, errors: &mut Errors) {
    let name = &method.sig.ident;
    if method.merge.is_some()
        && let Some(key) = method.arguments.iter().find_map(|argument| argument.key.as_ref())
    {
        errors.refuse(
            &codes::KEY,
            key,
            format!("`{name}` has a `#[merge]` too: it works on one part of the state or on all"),
        );
    }
    if let Some(Merge::Named(each)) = &method.merge
        && each == "each"
        && !method.is_without_result()
    {
        errors.refuse(&codes::MERGE, each, format!("`{name}` has a result, and this says nothing of it"));
    }
    if let Some(commutes) = &method.commutes
        && (method.kind != Kind::Exclusive || !method.is_without_result())
    {
        let what = if method.kind == Kind::Shared { "only reads" } else { "has a result" };
        errors.refuse(&codes::COMMUTES, commutes, format!("`{name}` {what}"));
    }
}

/// The type parameters that are closures.
fn generic_callbacks(generics: &Generics) -> Vec<String> {
    let is_callback = |bounds: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>| {
        bounds.iter().any(|bound| matches!(bound, TypeParamBound::Trait(bound) if types::is_callback(&bound.path)))
    };
    let mut called: Vec<String> = generics
        .type_params()
        .filter(|parameter| is_callback(&parameter.bounds))
        .map(|parameter| parameter.ident.to_string())
        .collect();
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate
            && is_callback(&predicate.bounds)
        {
            called.extend(types::idents(&predicate.bounded_ty));
        }
    }
    called
}

/// Tokens as a person writes them, as far as a line can do it.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    [(" < ", "<"), (" >", ">"), ("& ", "&"), (" :: ", "::"), (" ,", ",")]
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}
