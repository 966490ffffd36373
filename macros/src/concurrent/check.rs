//! Refusals; and, for methods that the tests cannot call, why.

use super::model::Subject;
use crate::codes;
use crate::errors::Errors;
use crate::model::block::{Kind, Member, Method, Wraps};
use crate::types;
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{FnArg, ReturnType, Type};

pub(super) fn check(subject: &mut Subject, errors: &mut Errors) {
    if let Some((_, path, _)) = &subject.written.trait_ {
        errors.refuse(
            &codes::CONCURRENT_ITEM,
            path,
            "this is the impl of a trait, and the methods of a type are wanted",
        );
        return;
    }
    let at = subject.block.as_ref().map_or_else(|| subject.written.self_ty.span(), |block| block.own.span());
    if subject.options.spec.is_none() {
        errors.refuse_at(&codes::NO_SPEC, at, "there is nothing to compare the results with");
    }
    if subject.second {
        errors.refuse_at(&codes::CONCURRENT_ITEM, at, "this is the type's second `#[concurrent]` impl");
    }
    roles(subject, errors);
    let Some(block) = &mut subject.block else { return };
    let own = block.own.clone();
    for member in &mut block.members {
        if let Member::Method(method) = member {
            shape(method, &own);
        }
    }
}

fn roles(subject: &Subject, errors: &mut Errors) {
    let Some(block) = &subject.block else { return };
    let method = |name: &Ident| {
        block.members.iter().find_map(|member| match member {
            Member::Method(method) if method.sig.ident == *name => Some(&**method),
            _ => None,
        })
    };
    let mut invariant = None;
    for role in &subject.roles {
        let Some(method) = method(&role.name) else { continue };
        if let Some(at) = role.invariant {
            let plain = matches!(&method.sig.inputs.first(), Some(FnArg::Receiver(receiver))
                if receiver.reference.is_some() && receiver.mutability.is_none())
                && method.sig.inputs.len() == 1
                && method.sig.generics.params.is_empty()
                && method.sig.asyncness.is_none();
            if !plain {
                errors.refuse(&codes::INVARIANT, &method.sig, "this cannot be called with the object alone");
            }
            if invariant.replace(at).is_some() {
                errors.refuse_at(&codes::INVARIANT, at, "this is the type's second invariant");
            }
        }
        let explored = method.kind == Kind::Shared && role.skip.is_none() && role.invariant.is_none();
        if let (Some(at), false) = (role.any(), explored) {
            errors.refuse_at(&codes::ROLE, at, format!("the tests do not call `{}`, so this says nothing", role.name));
        }
        for (number, at) in &role.thread {
            let usize_ = method.arguments.get(*number).is_some_and(|argument| is_usize(&argument.ty));
            let given = method.arguments.get(*number).is_some_and(|argument| argument.given.is_some());
            if !usize_ || given {
                errors.refuse_at(&codes::ROLE, *at, "a thread's number is a `usize`, and comes from nowhere else");
            }
        }
    }
}

fn is_usize(ty: &Type) -> bool {
    matches!(types::bare(ty), Type::Path(path) if path.path.is_ident("usize"))
}

/// Notes what keeps the tests from calling a method, in the terms in which `model::exploration` asks.
fn shape(method: &mut Method, own: &Ident) {
    for argument in &mut method.arguments {
        argument.own |= types::mentions_own(&argument.ty, own);
    }
    if let ReturnType::Type(_, ty) = &method.sig.output
        && types::mentions_own(ty, own)
    {
        method.wraps = Wraps::Plain(ty.clone());
    }
}

/// Why the tests cannot call the method, beyond what `model::exploration` says.
pub(super) fn left_out(method: &Method) -> Option<&'static str> {
    let sig = &method.sig;
    if method.kind == Kind::Exclusive {
        return Some("it takes `&mut self`, so no two threads can call it");
    }
    if sig.asyncness.is_some() {
        return Some("it is `async`");
    }
    if sig.unsafety.is_some() {
        return Some("it is `unsafe`, and a test that calls it from anywhere could not keep its contract");
    }
    if !sig.receiver().is_some_and(|receiver| matches!(&*receiver.ty, Type::Reference(_))) {
        return Some("its receiver is not `&self`");
    }
    let output = types::result(&sig.output);
    let found = types::borrows(&output);
    if found.lifetimes.iter().any(|lifetime| lifetime != "static") {
        return Some("its result borrows");
    }
    if found.impl_trait {
        return Some("its result has no name");
    }
    if found.never {
        return Some("it never returns");
    }
    None
}
