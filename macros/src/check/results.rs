//! Refusals of results: what would leave the lock by reference, and where a plain state would leave it unlocked.

use super::block::text;
use crate::codes;
use crate::errors::Errors;
use crate::model::block::{Kind, Method, Wraps};
use crate::types;
use proc_macro2::Ident;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{FnArg, Generics, PathArguments, ReturnType, Type};

pub(super) fn result(method: &mut Method, own: &Ident, generics: &Generics, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &method.sig.output else { return };
    let found = types::borrows(ty);
    let operation = matches!(method.kind, Kind::Shared | Kind::Exclusive);
    if matches!(&**ty, Type::Reference(reference) if types::is_own(&reference.elem, own)) && operation {
        errors.refuse(
            &codes::RETURNS_SELF_REFERENCE,
            ty,
            format!("`{}` would hand out the state itself", method.sig.ident),
        );
        return;
    }
    if found.never {
        errors.refuse(&codes::RETURNS_NEVER, ty, format!("`{}` never returns", method.sig.ident));
        return;
    }
    if operation {
        if let Some(guard) = guard(ty) {
            errors.refuse(
                &codes::RETURNS_GUARD,
                ty,
                format!("`{guard}` borrows from the state and would outlive the lock"),
            );
            return;
        }
        let outside = lifetimes_from_outside(method, generics);
        let inside = found.lifetimes.iter().find(|lifetime| !outside.contains(*lifetime));
        if let Some(lifetime) = inside {
            if found.impl_trait
                || carries(
                    ty,
                    &["Iter", "IterMut", "Keys", "Values", "ValuesMut", "Drain", "Chars", "Lines", "Iterator"],
                )
            {
                errors.refuse(
                    &codes::RETURNS_GUARD,
                    ty,
                    format!("`{}` borrows from the state and would outlive the lock", text(ty)),
                );
            } else {
                let whose =
                    if lifetime == "_" { String::new() } else { format!(" (`'{lifetime}` is that of the lock)") };
                errors.refuse(
                    &codes::RETURNS_REFERENCE,
                    ty,
                    format!("`{}` would point into the state after the lock is released{whose}", text(ty)),
                );
            }
            return;
        }
    }
    if found.impl_trait {
        errors.refuse(
            &codes::RETURNS_IMPL,
            ty,
            format!("`{}` has no name by which the operation could carry it", text(ty)),
        );
        return;
    }
    match wraps(ty, own) {
        Some(wraps) => method.wraps = wraps,
        None => errors.refuse(
            &codes::RETURNS_SELF_INSIDE,
            ty,
            format!("`{}` holds plain states, which would be without a lock outside", text(ty)),
        ),
    }
}

/// What the wrapper has to wrap, if it can.
fn wraps(ty: &Type, own: &Ident) -> Option<Wraps> {
    if types::is_own(ty, own) {
        return Some(Wraps::Plain(Box::new(ty.clone())));
    }
    if !types::mentions_own(ty, own) {
        return Some(Wraps::Nothing);
    }
    let (kind, inner) = types::first_argument(ty, &["Option", "Result"])?;
    // `Result<u8, Self>` mentions it too, elsewhere.
    let once = count_own(ty, own) == 1;
    if !once || !types::is_own(inner, own) {
        return None;
    }
    let inner = Box::new(inner.clone());
    Some(if kind == "Option" { Wraps::Option(inner) } else { Wraps::Result(inner) })
}

fn count_own(ty: &Type, own: &Ident) -> usize {
    struct Count<'a>(&'a Ident, usize);
    impl<'ast> Visit<'ast> for Count<'_> {
        fn visit_type(&mut self, ty: &'ast Type) {
            self.1 += usize::from(types::is_own(ty, self.0));
            visit::visit_type(self, ty);
        }
    }
    let mut count = Count(own, 0);
    count.visit_type(ty);
    count.1
}

/// The lifetimes that a result may have: those of the type, and those of arguments that are not the receiver's.
fn lifetimes_from_outside(method: &Method, generics: &Generics) -> HashSet<String> {
    let mut outside: HashSet<String> =
        generics.lifetimes().map(|parameter| parameter.lifetime.ident.to_string()).collect();
    outside.insert("static".to_owned());
    outside.extend(method.sig.generics.lifetimes().map(|parameter| parameter.lifetime.ident.to_string()));
    for input in &method.sig.inputs {
        if let FnArg::Receiver(receiver) = input
            && let Type::Reference(reference) = &*receiver.ty
            && let Some(lifetime) = &reference.lifetime
        {
            outside.remove(&lifetime.ident.to_string());
        }
    }
    outside
}

/// A type that by its name is a guard, or an iterator whose lifetime is not written.
fn guard(ty: &Type) -> Option<String> {
    const GUARDS: &[&str] = &[
        "MutexGuard",
        "RwLockReadGuard",
        "RwLockWriteGuard",
        "MappedMutexGuard",
        "MappedRwLockReadGuard",
        "MappedRwLockWriteGuard",
        "ReentrantLockGuard",
        "Ref",
        "RefMut",
    ];
    const ITERATORS: &[&str] =
        &["Iter", "IterMut", "Keys", "Values", "ValuesMut", "Drain", "Chars", "CharIndices", "Lines"];
    struct Look(Option<String>);
    impl<'ast> Visit<'ast> for Look {
        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            let is = |names: &[&str]| names.iter().any(|name| segment.ident == name);
            let lifetime = match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    arguments.args.iter().any(|argument| matches!(argument, syn::GenericArgument::Lifetime(_)))
                }
                _ => false,
            };
            // `Iter` may be the user's own, owned type if it has no arguments at all.
            if is(GUARDS) || is(ITERATORS) && !lifetime && !segment.arguments.is_empty() {
                self.0 = Some(segment.ident.to_string());
            }
            visit::visit_path_segment(self, segment);
        }
    }
    let mut look = Look(None);
    look.visit_type(ty);
    look.0
}

fn carries(ty: &Type, names: &[&str]) -> bool {
    types::idents(ty).iter().any(|ident| names.contains(&ident.as_str()))
}
