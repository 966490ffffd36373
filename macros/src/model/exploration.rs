//! How the generated tests call a method: with owned arguments, or not at all, and why.

use super::block::{Block, Kind, Method, Wraps};
use crate::types;
use proc_macro2::TokenStream;
use std::collections::HashSet;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Type, TypeReference, Visibility, parse_quote};

/// One parameter, as the generated tests make it.
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `String` for `&str`.
    pub(crate) owned: Type,
    /// Whether the method is given a reference to it.
    pub(crate) by_reference: bool,
    /// `#[arg(..)]`.
    pub(crate) given: Option<TokenStream>,
    /// `#[thread]`: the calling thread's number.
    pub(crate) thread: bool,
}

/// The parameters, or why the method is left out, as a clause.
pub(crate) fn parameters(method: &Method, block: &Block) -> Result<Vec<Parameter>, &'static str> {
    if method.kind == Kind::Consuming {
        return Err("it takes the object itself");
    }
    let open = |parameter: &GenericParam| match parameter {
        GenericParam::Lifetime(_) => false,
        GenericParam::Type(parameter) => !method.explored.iter().any(|(explored, _)| *explored == parameter.ident),
        GenericParam::Const(_) => true,
    };
    if method.sig.generics.params.iter().any(open) {
        return Err("it is generic");
    }
    if method.sig.generics.where_clause.is_some() && method.explored.is_empty() {
        return Err("it has a where-clause of its own");
    }
    if method.arguments.len() > 8 {
        return Err("it has more than 8 parameters");
    }
    if method.wraps != Wraps::Nothing {
        return Err("its result is another object of the type");
    }
    let result = types::result(&method.sig.output);
    let own_lifetimes: HashSet<String> =
        method.sig.generics.lifetimes().map(|parameter| parameter.lifetime.ident.to_string()).collect();
    if types::borrows(&result).lifetimes.iter().any(|lifetime| own_lifetimes.contains(lifetime) || lifetime == "_") {
        return Err("its result borrows from its arguments");
    }
    names_only_what_tests_can(method, block, &result)?;
    method
        .arguments
        .iter()
        .map(|argument| {
            let ty = &as_explored(&argument.ty, method);
            let found = types::borrows(ty);
            if argument.own {
                return Err("it takes another object of the type");
            }
            if found.callback {
                return Err("it takes a callback");
            }
            if found.impl_trait {
                return Err("it takes an `impl Trait`");
            }
            if found.mutable > 0 {
                return Err("it takes a `&mut`");
            }
            let struct_lifetimes = |lifetime: &String| !own_lifetimes.contains(lifetime) && lifetime != "_";
            if found.lifetimes.iter().any(struct_lifetimes) {
                return Err("it takes what is borrowed for longer than the call");
            }
            let (owned, by_reference) = match types::bare(ty) {
                Type::Reference(reference) => (owned(reference)?, true),
                _ => (ty.clone(), false),
            };
            if !types::borrows(&owned).lifetimes.is_empty() {
                return Err("it takes a reference inside another type");
            }
            Ok(Parameter {
                name: crate::names::unraw(&argument.name),
                owned,
                by_reference,
                given: argument.given.clone(),
                thread: false,
            })
        })
        .collect()
}

/// The type with those of `#[explored(..)]` in place of the method's own parameters.
pub(crate) fn as_explored(ty: &Type, method: &Method) -> Type {
    struct Explored<'a>(&'a Method);
    impl VisitMut for Explored<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            visit_mut::visit_type_mut(self, ty);
            let Type::Path(path) = &*ty else { return };
            let Some(name) = path.path.get_ident() else { return };
            if let Some((_, explored)) = self.0.explored.iter().find(|(parameter, _)| parameter == name) {
                *ty = explored.clone();
            }
        }
    }
    let mut ty = ty.clone();
    Explored(method).visit_type_mut(&mut ty);
    ty
}

/// The owned type behind a reference.
fn owned(reference: &TypeReference) -> Result<Type, &'static str> {
    Ok(match &*reference.elem {
        Type::Slice(slice) => {
            let element = &slice.elem;
            parse_quote!(::std::vec::Vec<#element>)
        }
        Type::TraitObject(_) => return Err("it takes a `dyn Trait`"),
        Type::Path(path) => match path.path.segments.last().map(|last| last.ident.to_string()).as_deref() {
            Some("str") => parse_quote!(::std::string::String),
            Some("Path") => parse_quote!(::std::path::PathBuf),
            Some("OsStr") => parse_quote!(::std::ffi::OsString),
            Some("CStr") => parse_quote!(::std::ffi::CString),
            _ => (*reference.elem).clone(),
        },
        other => other.clone(),
    })
}

/// A public type's operations are public, and rustc lets nothing public have an associated type that is not (E0446).
fn names_only_what_tests_can(method: &Method, block: &Block, result: &Type) -> Result<(), &'static str> {
    if !block.wrapper_is_public {
        return Ok(());
    }
    let mut named = types::idents(result);
    named.extend(method.arguments.iter().flat_map(|argument| types::idents(&argument.ty)));
    let own = block.own.to_string();
    named.retain(|name| *name != own && name != "Self");
    if named.iter().any(|name| block.private_types.contains(name)) {
        return Err("it names a type that is less public than the object");
    }
    if matches!(method.vis, Visibility::Public(_)) || block.trait_.is_some() {
        return Ok(());
    }
    let parameters: Vec<String> = block.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    if named.iter().all(|name| parameters.contains(name) || WELL_KNOWN.contains(&name.as_str())) {
        Ok(())
    } else {
        Err("it is less public than the object, and may name types that are so too")
    }
}

const WELL_KNOWN: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "str", "String", "Vec", "VecDeque", "Option", "Result", "Box", "Arc", "HashMap", "HashSet", "BTreeMap",
    "BTreeSet", "Duration", "Instant", "std", "core", "alloc", "Path", "PathBuf",
];
