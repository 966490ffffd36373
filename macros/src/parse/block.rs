//! From an impl's tokens to its model. The two refusals that stand here are those without which there is no model.

use super::attributes;
use super::effects;
use super::options::ImplOptions;
use super::routing;
use super::source::Facts;
use crate::codes;
use crate::errors::Errors;
use crate::model::block::{Argument, Block, Kind, Member, Method, Wraps};
use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta, Pat, PatType, Receiver, Type, TypePath, Visibility};

/// The model, or the item back if its type is not a struct's name.
pub(crate) fn block(
    item: ItemImpl,
    options: &ImplOptions,
    facts: Option<Facts>,
    errors: &mut Errors,
) -> Result<Block, Box<ItemImpl>> {
    let self_ty = match types::bare(&item.self_ty) {
        Type::Path(path) if path.qself.is_none() && !ends_in_keyword(path) => path.clone(),
        other => {
            errors.refuse(&codes::SELF_TYPE, other, "this is not the name of a guarded struct");
            return Err(Box::new(item));
        }
    };
    let Some(own) = self_ty.path.segments.last().map(|last| last.ident.clone()) else { return Err(Box::new(item)) };
    let facts = facts.unwrap_or_default();
    if let Some(kind) = facts.unguarded {
        errors.refuse(
            &codes::NO_STRUCT,
            &own,
            format!("the {kind} `{own}` is not `#[guarded]`, so there is no lock for these methods to take"),
        );
        return Err(Box::new(item));
    }
    let trait_ = match &item.trait_ {
        Some((None, path, _)) if item.unsafety.is_none() => Some(path.clone()),
        None => None,
        Some((_, path, _)) => {
            errors.refuse(&codes::UNSAFE_IMPL, path, "this impl promises what only the compiler should");
            return Err(Box::new(item));
        }
    };
    let exposed_by_trait = trait_.is_some();
    let elsewhere = facts.imported && self_ty.path.segments.len() == 1;
    if elsewhere {
        errors.refuse(
            &codes::NO_STRUCT,
            &own,
            format!("the struct `{own}` is imported: its state is hidden in the struct's own module"),
        );
    }
    // Impls in the struct's own module count up; one elsewhere cannot see them, and counts down.
    let away = self_ty.path.segments.len() > 1;
    let counted = if away { 3usize.checked_sub(facts.earlier_blocks).unwrap_or(4) } else { facts.earlier_blocks };
    let (number, number_span) = options.block.unwrap_or((counted, own.span()));
    let with_effects = effects::with_effects(&item);
    let mut members = Vec::new();
    for member in item.items {
        match member {
            ImplItem::Fn(function) => {
                let repeatable = !with_effects.contains(&function.sig.ident.to_string());
                members.push(Member::Method(Box::new(method(function, exposed_by_trait, repeatable, errors))))
            }
            ImplItem::Const(constant) => members.push(Member::Const(Box::new(constant))),
            ImplItem::Type(ty) if exposed_by_trait => members.push(Member::Type(Box::new(ty))),
            other => errors.refuse(&codes::MEMBER, other, "a guarded impl cannot hold this"),
        }
    }
    Ok(Block {
        cfgs: attributes::cfgs(&item.attrs),
        attrs: item.attrs.into_iter().filter(|a| !attributes::is_cfg(a)).collect(),
        generics: item.generics,
        own,
        self_ty,
        trait_,
        members,
        number,
        number_span,
        constructed_before: facts.earlier_constructor || away,
        keys_elsewhere: facts.keys,
        private_types: facts.private_types,
        wrapper_is_public: facts.public.unwrap_or(true),
        elsewhere,
        stub: false,
    })
}

/// `Self` has no name to go by, and neither has `super`.
fn ends_in_keyword(path: &TypePath) -> bool {
    let last = path.path.segments.last();
    last.is_some_and(|last| ["Self", "self", "super", "crate"].iter().any(|keyword| last.ident == keyword))
}

fn method(mut source: ImplItemFn, exposed_by_trait: bool, repeatable: bool, errors: &mut Errors) -> Method {
    let before = errors.count();
    let allow_callback = attributes::has(&source.attrs, "allow_callback");
    source.attrs.retain(|a| !a.path().is_ident("allow_callback"));
    let exposed = exposed_by_trait || !matches!(source.vis, Visibility::Inherited);
    let kind = match source.sig.receiver() {
        _ if !exposed => Kind::Private,
        None => Kind::Associated,
        Some(receiver) => kind(receiver),
    };
    let routing = routing::take(&mut source.attrs, kind, errors);
    let mut arguments: Vec<Argument> = Vec::new();
    for (i, input) in source.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(typed) = input else { continue };
        let given = take_arg(&mut typed.attrs, kind, errors);
        let before = arguments.iter().any(|argument| argument.key.is_some());
        let key = routing::take_key(&mut typed.attrs, kind, before, errors);
        if let Some(cfg) = typed.attrs.iter().find(|a| attributes::is_cfg(a))
            && kind != Kind::Private
        {
            errors.refuse(&codes::CFG_PARAMETER, cfg, "the operation that this method becomes has one shape");
        }
        if is_self(&typed.pat) {
            continue;
        }
        arguments.push(Argument { name: name(typed, i), ty: (*typed.ty).clone(), own: false, given, key });
    }
    Method {
        cfgs: attributes::cfgs(&source.attrs),
        face: source.attrs.iter().filter(|a| attributes::belongs_to_wrapper_method(a)).cloned().collect(),
        vis: source.vis.clone(),
        sig: source.sig.clone(),
        body: source.block.clone(),
        source,
        kind,
        arguments,
        wraps: Wraps::Nothing,
        allow_callback,
        repeatable,
        merge: routing.merge,
        consistency: routing.consistency,
        commutes: routing.commutes,
        explored: routing.explored,
        refused: errors.count() > before,
    }
}

fn kind(receiver: &Receiver) -> Kind {
    // `self: &mut Self` says the same as `&mut self`; what is neither is refused later, as a shared one in the stub.
    match &*receiver.ty {
        Type::Reference(reference) if reference.mutability.is_some() => Kind::Exclusive,
        Type::Path(path) if path.path.is_ident("Self") => Kind::Consuming,
        _ => Kind::Shared,
    }
}

fn is_self(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(pattern) if pattern.ident == "self")
}

fn name(typed: &PatType, i: usize) -> Ident {
    match &*typed.pat {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => pattern.ident.clone(),
        _ => format_ident!("argument{i}", span = Span::call_site()),
    }
}

/// Takes `#[arg(..)]` off a parameter.
fn take_arg(all: &mut Vec<Attribute>, kind: Kind, errors: &mut Errors) -> Option<TokenStream> {
    let mut given = None;
    all.retain(|attribute| {
        if !attribute.path().is_ident("arg") {
            return true;
        }
        match &attribute.meta {
            Meta::List(list) if given.is_none() && syn::parse2::<syn::Expr>(list.tokens.clone()).is_ok() => {
                given = Some(list.tokens.clone());
                if !matches!(kind, Kind::Shared | Kind::Exclusive) {
                    errors.refuse(&codes::ARGUMENT, attribute, "the generated tests do not call this function");
                }
            }
            Meta::List(_) if given.is_some() => {
                errors.refuse(&codes::ARGUMENT, attribute, "a parameter has one source of values")
            }
            _ => errors.refuse(&codes::ARGUMENT, attribute, "this does not say where the parameter's values come from"),
        }
        false
    });
    given
}

/// The user's impl without the attributes that only we understand.
pub(crate) fn plain(mut item: ItemImpl) -> ItemImpl {
    for member in &mut item.items {
        let ImplItem::Fn(function) = member else { continue };
        let ours = |a: &Attribute| routing::ON_METHOD.iter().any(|name| a.path().is_ident(name));
        function.attrs.retain(|a| !a.path().is_ident("allow_callback") && !ours(a));
        for input in &mut function.sig.inputs {
            if let FnArg::Typed(typed) = input {
                typed.attrs.retain(|a| !a.path().is_ident("arg") && !a.path().is_ident(routing::ON_PARAMETER));
            }
        }
    }
    item
}
