//! Types and generics, as they are written.

use syn::{GenericArgument, GenericParam, PathArguments, Type, TypeParamBound};

use super::ident;
use crate::ir::{Generic, Seg, TyRef};

/// A type.
pub(crate) fn lower(ty: &Type) -> TyRef {
    match ty {
        Type::Path(ty) if ty.qself.is_none() => TyRef::Path(path(&ty.path)),
        Type::Reference(ty) => TyRef::Ref(Box::new(lower(&ty.elem))),
        Type::Ptr(ty) => TyRef::Ref(Box::new(lower(&ty.elem))),
        Type::Tuple(ty) => TyRef::Tuple(ty.elems.iter().map(lower).collect()),
        Type::Slice(ty) => TyRef::Slice(Box::new(lower(&ty.elem))),
        Type::Array(ty) => TyRef::Slice(Box::new(lower(&ty.elem))),
        Type::Paren(ty) => lower(&ty.elem),
        Type::Group(ty) => lower(&ty.elem),
        Type::BareFn(_) => TyRef::Callable,
        Type::ImplTrait(ty) if callable(ty.bounds.iter()) => TyRef::Callable,
        Type::TraitObject(ty) if callable(ty.bounds.iter()) => TyRef::Callable,
        _ => TyRef::Other,
    }
}

/// A path with its type arguments.
pub(crate) fn path(path: &syn::Path) -> Box<[Seg]> {
    path.segments.iter().map(segment).collect()
}

fn segment(segment: &syn::PathSegment) -> Seg {
    let args = match &segment.arguments {
        PathArguments::AngleBracketed(args) => args
            .args
            .iter()
            .filter_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(lower(ty)),
                _ => None,
            })
            .collect(),
        _ => Box::default(),
    };
    Seg { name: ident(&segment.ident), args }
}

fn callable<'a>(mut bounds: impl Iterator<Item = &'a TypeParamBound>) -> bool {
    bounds.any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name)),
        _ => false,
    })
}

/// The type parameters.
pub(crate) fn generics(generics: &syn::Generics) -> Vec<Generic> {
    let mut out = Vec::new();
    for param in &generics.params {
        if let GenericParam::Type(param) = param {
            let mut is_callable = callable(param.bounds.iter());
            for clause in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
                if let syn::WherePredicate::Type(clause) = clause
                    && matches!(&clause.bounded_ty, Type::Path(ty) if ty.path.is_ident(&param.ident))
                {
                    is_callable |= callable(clause.bounds.iter());
                }
            }
            out.push(Generic { name: ident(&param.ident), callable: is_callable });
        }
    }
    out
}
