//! Questions about types as tokens, and changes to them.

use proc_macro2::Ident;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Generics, Lifetime, Path, PathArguments, QSelf, ReturnType, Type, TypePath};

/// The type inside parentheses, and inside the invisible ones that a macro puts around `$type`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        other => other,
    }
}

/// Whether the type is `Self`, or the type's own name with any arguments.
pub(crate) fn is_own(ty: &Type, own: &Ident) -> bool {
    match bare(ty) {
        Type::Path(TypePath { qself: None, path }) if path.segments.len() == 1 => {
            let segment = &path.segments[0];
            segment.ident == "Self" || segment.ident == *own
        }
        _ => false,
    }
}

/// Whether `Self` (alone, not `Self::ITEM`) or the type's own name stands anywhere in the type.
pub(crate) fn mentions_own(ty: &Type, own: &Ident) -> bool {
    struct Look<'a>(&'a Ident, bool);
    impl<'ast> Visit<'ast> for Look<'_> {
        fn visit_type(&mut self, ty: &'ast Type) {
            self.1 |= is_own(ty, self.0);
            visit::visit_type(self, ty);
        }
    }
    let mut look = Look(own, false);
    look.visit_type(ty);
    look.1
}

/// Whether a type or const parameter of these generics stands in the type.
pub(crate) fn mentions_parameter(ty: &Type, generics: &Generics) -> bool {
    let names: HashSet<String> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    idents(ty).iter().any(|ident| names.contains(ident))
}

/// The first names of all paths in the type, and the last: `crate::Sample` gives `crate` and `Sample`.
pub(crate) fn idents(ty: &Type) -> Vec<String> {
    struct Look(Vec<String>);
    impl<'ast> Visit<'ast> for Look {
        fn visit_path(&mut self, path: &'ast Path) {
            self.0.extend(path.segments.first().map(|segment| segment.ident.to_string()));
            if path.segments.len() > 1 {
                self.0.extend(path.segments.last().map(|segment| segment.ident.to_string()));
            }
            visit::visit_path(self, path);
        }
    }
    let mut look = Look(Vec::new());
    look.visit_type(ty);
    look.0
}

/// What may make a value borrow from somewhere.
#[derive(Default)]
pub(crate) struct Borrows {
    /// Lifetimes by name, `'_` too; an elided one of a reference is `'_`.
    pub(crate) lifetimes: HashSet<String>,
    pub(crate) references: usize,
    pub(crate) mutable: usize,
    pub(crate) impl_trait: bool,
    pub(crate) dyn_trait: bool,
    /// A bound `Fn`, `FnMut` or `FnOnce`.
    pub(crate) callback: bool,
    pub(crate) never: bool,
}

/// Looks through a type.
pub(crate) fn borrows(ty: &Type) -> Borrows {
    let mut found = Borrows::default();
    found.visit_type(ty);
    found
}

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.references += 1;
        self.mutable += usize::from(reference.mutability.is_some());
        if reference.lifetime.is_none() {
            self.lifetimes.insert("_".to_owned());
        }
        visit::visit_type_reference(self, reference);
    }
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.lifetimes.insert(lifetime.ident.to_string());
    }
    fn visit_type_impl_trait(&mut self, ty: &'ast syn::TypeImplTrait) {
        self.impl_trait = true;
        visit::visit_type_impl_trait(self, ty);
    }
    fn visit_type_trait_object(&mut self, ty: &'ast syn::TypeTraitObject) {
        self.dyn_trait = true;
        visit::visit_type_trait_object(self, ty);
    }
    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        self.callback |= is_callback(&bound.path);
        // The lifetimes inside `Fn(&T) -> &U` are the closure's own.
        if !is_callback(&bound.path) {
            visit::visit_trait_bound(self, bound);
        }
    }
    fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
    fn visit_type_never(&mut self, _: &'ast syn::TypeNever) {
        self.never = true;
    }
}

/// `Fn`, `FnMut`, `FnOnce` and their async forms.
pub(crate) fn is_callback(path: &Path) -> bool {
    const NAMES: [&str; 6] = ["Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce"];
    path.segments.last().is_some_and(|last| NAMES.iter().any(|name| last.ident == name))
}

/// The first type argument of the last segment, if its name is one of these: `T` of `Option<T>`.
pub(crate) fn first_argument<'t>(ty: &'t Type, names: &[&str]) -> Option<(&'t Ident, &'t Type)> {
    let Type::Path(TypePath { qself: None, path }) = bare(ty) else { return None };
    let last = path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    if !names.iter().any(|name| last.ident == name) {
        return None;
    }
    match arguments.args.first()? {
        syn::GenericArgument::Type(first) => Some((&last.ident, first)),
        _ => None,
    }
}

/// Puts another type where `Self` or the type's own name stands, and a path into it where `Self::ITEM` does.
pub(crate) struct Own<'a> {
    pub(crate) own: &'a Ident,
    /// What the own name becomes; its arguments stay.
    pub(crate) name: &'a Ident,
    /// What `Self` becomes.
    pub(crate) this: &'a Type,
    /// The trait whose associated types `Self::Item` are.
    pub(crate) trait_: Option<&'a Path>,
}

impl Own<'_> {
    fn path(&self, qself: &mut Option<QSelf>, path: &mut Path, in_type: bool) {
        if qself.is_some() || path.leading_colon.is_some() || path.segments.is_empty() {
            return;
        }
        if path.segments.len() == 1 && path.segments[0].ident == *self.own {
            let span = path.segments[0].ident.span();
            path.segments[0].ident = Ident::new(&self.name.to_string(), span);
        } else if path.segments.len() > 1 && path.segments[0].ident == "Self" {
            let rest = path.segments.iter().skip(1);
            let trait_ = self.trait_.filter(|_| in_type);
            let position = trait_.map_or(0, |trait_| trait_.segments.len());
            *qself = Some(QSelf {
                lt_token: Default::default(),
                ty: Box::new(self.this.clone()),
                position,
                as_token: trait_.map(|_| Default::default()),
                gt_token: Default::default(),
            });
            *path = match trait_ {
                Some(trait_) => {
                    let mut full = trait_.clone();
                    full.segments.extend(rest.cloned());
                    full
                }
                None => Path { leading_colon: Some(Default::default()), segments: rest.cloned().collect() },
            };
        }
    }
}

impl VisitMut for Own<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(TypePath { qself: None, path }) = ty
            && path.is_ident("Self")
        {
            *ty = self.this.clone();
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        self.path(&mut ty.qself, &mut ty.path, true);
    }
    fn visit_expr_path_mut(&mut self, expression: &mut syn::ExprPath) {
        visit_mut::visit_expr_path_mut(self, expression);
        self.path(&mut expression.qself, &mut expression.path, false);
    }
}

/// Puts `'static` where one of these lifetimes stands.
pub(crate) struct Static(pub(crate) HashSet<String>);

impl Static {
    /// For the lifetimes that these generics declare.
    pub(crate) fn of(generics: &Generics) -> Self {
        Self(generics.lifetimes().map(|parameter| parameter.lifetime.ident.to_string()).collect())
    }
}

impl VisitMut for Static {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" || self.0.contains(&lifetime.ident.to_string()) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
}

/// The result's type, `()` where none is written.
pub(crate) fn result(output: &ReturnType) -> Type {
    match output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}
