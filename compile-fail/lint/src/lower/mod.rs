//! From syntax tree to what is kept of it: the items of a file.
//!
//! Items behind a `cfg` that does not hold on a Linux machine with all features are left out: a method that exists
//! twice, once for each platform, must not look like two critical sections.

mod cfg;
mod expr;
mod macros;
mod ty;

use proc_macro2::TokenStream;
use syn::{Item, Visibility, spanned::Spanned};

use crate::{
    ir::{FieldDef, Function, Impl, Module, Pat, Receiver, Seg, Span, Static, TyRef, TypeDef, Use},
    names::Name,
};

/// The span of a piece of syntax, in bytes of its file. For anything but a token this is slow.
pub(crate) fn span_of(spanned: &impl Spanned) -> Span {
    at(spanned.span())
}

/// The same for what is known to be a token.
pub(crate) fn at(span: proc_macro2::Span) -> Span {
    let range = span.byte_range();
    Span { lo: u32::try_from(range.start).unwrap_or(0), hi: u32::try_from(range.end).unwrap_or(0) }
}

/// The modules of one file, which is the module `path` of its crate.
pub(crate) fn file(file: &syn::File, path: Vec<Name>, test: bool) -> Vec<Module> {
    if !cfg::holds(&file.attrs) {
        return Vec::new();
    }
    let mut lower = Lower { modules: vec![Module { path, ..Module::default() }], current: 0, test };
    lower.items(&file.items);
    lower.modules
}

/// The state of the walk over one file.
pub(crate) struct Lower {
    modules: Vec<Module>,
    current: usize,
    test: bool,
}

impl Lower {
    fn module(&mut self) -> &mut Module {
        &mut self.modules[self.current]
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    /// Runs `inside` in a module below this one.
    pub(crate) fn nested(&mut self, name: Name, inside_function: bool, inside: impl FnOnce(&mut Lower)) {
        let mut path = self.module().path.clone();
        path.push(name);
        let above = self.current;
        self.current = self.modules.len();
        self.modules.push(Module { path, inside_function, ..Module::default() });
        inside(self);
        self.current = above;
    }

    fn item(&mut self, item: &Item) {
        if !cfg::holds(cfg::of_item(item)) {
            return;
        }
        let test = self.test;
        self.test |= cfg::is_test(cfg::of_item(item));
        match item {
            Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    self.nested(ident(&item.ident), false, |lower| lower.items(items));
                }
            }
            Item::Use(item) => self.import(&item.tree, &mut Vec::new()),
            Item::Struct(item) => {
                let fields = fields(&item.fields, None);
                self.type_def(&item.attrs, &item.vis, &item.ident, &item.generics, fields, false);
            }
            Item::Enum(item) => {
                let mut all = Vec::new();
                for variant in &item.variants {
                    all.extend(fields(&variant.fields, Some(ident(&variant.ident))));
                }
                self.type_def(&item.attrs, &item.vis, &item.ident, &item.generics, all, true);
            }
            Item::Type(item) => {
                let alias = (ident(&item.ident), ty::generics(&item.generics), ty::lower(&item.ty));
                self.module().aliases.push(alias);
            }
            Item::Static(item) => {
                let mutable = matches!(item.mutability, syn::StaticMutability::Mut(_));
                let (name, ty) = (ident(&item.ident), ty::lower(&item.ty));
                let at = span_of(&item.static_token).to(span_of(&item.ident));
                self.module().statics.push(Static { name, ty, at, mutable });
            }
            Item::Fn(item) => self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block), None),
            Item::Impl(item) => self.implementation(item),
            Item::Trait(item) => self.trait_def(item),
            Item::Macro(item) => self.item_macro(&item.mac),
            _ => {}
        }
        self.test = test;
    }

    fn type_def(
        &mut self,
        attrs: &[syn::Attribute],
        vis: &Visibility,
        name: &syn::Ident,
        generics: &syn::Generics,
        fields: Vec<FieldDef>,
        is_enum: bool,
    ) {
        let def = TypeDef {
            name: ident(name),
            at: at(name.span()),
            generics: ty::generics(generics),
            fields,
            public: matches!(vis, Visibility::Public(_)),
            is_enum,
            guarded: attrs.iter().any(is_ours),
            test: self.test,
        };
        self.module().types.push(def);
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        let of = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last()).map(|last| ident(&last.ident));
        let unsafe_marker = item.unsafety.is_some()
            && item.trait_.as_ref().is_some_and(|(not, ..)| not.is_none())
            && of.is_some_and(|of| of.is(&["Send", "Sync"]));
        let types = item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Type(item) => Some((ident(&item.ident), ty::lower(&item.ty))),
            _ => None,
        });
        let block = Impl {
            on: ty::lower(&item.self_ty),
            of,
            generics: ty::generics(&item.generics),
            at: span_of(&item.impl_token).to(span_of(&item.self_ty)),
            unsafe_marker,
            functions: Vec::new(),
            types: types.collect(),
        };
        let number = self.module().impls.len();
        self.module().impls.push(block);
        for item in &item.items {
            if let syn::ImplItem::Fn(item) = item
                && cfg::holds(&item.attrs)
            {
                self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block), Some(number));
            }
        }
    }

    fn trait_def(&mut self, item: &syn::ItemTrait) {
        let block = Impl {
            on: TyRef::Other,
            of: Some(ident(&item.ident)),
            generics: ty::generics(&item.generics),
            at: span_of(&item.ident),
            unsafe_marker: false,
            functions: Vec::new(),
            types: Vec::new(),
        };
        let number = self.module().impls.len();
        self.module().impls.push(block);
        for item in &item.items {
            if let syn::TraitItem::Fn(item) = item {
                self.function(&item.attrs, &Visibility::Inherited, &item.sig, item.default.as_ref(), Some(number));
            }
        }
    }

    fn function(
        &mut self,
        attrs: &[syn::Attribute],
        vis: &Visibility,
        sig: &syn::Signature,
        block: Option<&syn::Block>,
        owner: Option<usize>,
    ) {
        if !cfg::holds(attrs) {
            return;
        }
        let test = self.test || cfg::is_test(attrs);
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                syn::FnArg::Receiver(me) => {
                    receiver = Some(match (&me.reference, &me.mutability) {
                        (Some(_), Some(_)) => Receiver::Exclusive,
                        (Some(_), None) => Receiver::Shared,
                        (None, _) => match &*me.ty {
                            syn::Type::Reference(ty) if ty.mutability.is_some() => Receiver::Exclusive,
                            syn::Type::Reference(_) => Receiver::Shared,
                            _ => Receiver::Value,
                        },
                    });
                    params.push((Pat::Bind(Name::new("self")), ty::lower(&me.ty)));
                }
                syn::FnArg::Typed(typed) => params.push((expr::pattern(&typed.pat), ty::lower(&typed.ty))),
            }
        }
        let name = ident(&sig.ident);
        let (body, calls, busy) = match block {
            Some(block) => {
                let (body, calls, busy) = expr::body(self, name, block);
                (Some(body), calls, busy)
            }
            None => (None, Box::default(), false),
        };
        let function = Function {
            name,
            at: at(sig.ident.span()),
            params,
            receiver,
            output: match &sig.output {
                syn::ReturnType::Default => None,
                syn::ReturnType::Type(_, ty) => Some(ty::lower(ty)),
            },
            generics: ty::generics(&sig.generics),
            public: matches!(vis, Visibility::Public(_)),
            is_async: sig.asyncness.is_some(),
            test,
            body,
            calls,
            busy,
        };
        let module = self.module();
        let number = module.functions.len();
        module.functions.push(function);
        module.owner.push(owner);
        if let Some(owner) = owner {
            module.impls[owner].functions.push(number);
        }
    }

    fn import(&mut self, tree: &syn::UseTree, path: &mut Vec<Name>) {
        match tree {
            syn::UseTree::Path(tree) => {
                path.push(ident(&tree.ident));
                self.import(&tree.tree, path);
                path.pop();
            }
            syn::UseTree::Name(tree) => {
                let mut full = path.clone();
                let name = ident(&tree.ident);
                let rename = if name.text() == "self" { path.last().copied() } else { Some(name) };
                if name.text() != "self" {
                    full.push(name);
                }
                if rename.is_some() {
                    self.module().uses.push(Use { path: full.into(), rename });
                }
            }
            syn::UseTree::Rename(tree) => {
                let mut full = path.clone();
                let name = ident(&tree.ident);
                if name.text() != "self" {
                    full.push(name);
                }
                self.module().uses.push(Use { path: full.into(), rename: Some(ident(&tree.rename)) });
            }
            syn::UseTree::Glob(_) => self.module().uses.push(Use { path: path.clone().into(), rename: None }),
            syn::UseTree::Group(tree) => {
                for tree in &tree.items {
                    self.import(tree, path);
                }
            }
        }
    }

    /// `lazy_static! { static ref X: T = ...; }`, and macros around items, such as `cfg_if!`.
    fn item_macro(&mut self, mac: &syn::Macro) {
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        match name.as_str() {
            "macro_rules" | "thread_local" => {}
            "lazy_static" => {
                for (name, ty, at) in macros::lazy_statics(mac.tokens.clone()) {
                    let seg = Seg { name: Name::new("LazyLock"), args: Box::new([ty]) };
                    let path = ["std", "sync"].map(|name| Seg { name: Name::new(name), args: Box::default() });
                    let ty = TyRef::Path(path.into_iter().chain([seg]).collect());
                    self.module().statics.push(Static { name, ty, at, mutable: false });
                }
            }
            "cfg_if" => {
                if let Some(tokens) = macros::cfg_if(mac.tokens.clone()) {
                    self.items_in(tokens);
                }
            }
            name if name.starts_with("cfg_") => self.items_in(mac.tokens.clone()),
            _ => {}
        }
    }

    fn items_in(&mut self, tokens: TokenStream) {
        if let Ok(file) = syn::parse2::<syn::File>(tokens) {
            self.items(&file.items);
        }
    }
}

fn fields(fields: &syn::Fields, variant: Option<Name>) -> Vec<FieldDef> {
    let mut out = Vec::new();
    for (number, field) in fields.iter().enumerate() {
        if !cfg::holds(&field.attrs) {
            continue;
        }
        let name = match &field.ident {
            Some(name) => ident(name),
            None => Name::new(&number.to_string()),
        };
        out.push(FieldDef {
            variant,
            name,
            ty: ty::lower(&field.ty),
            public: matches!(field.vis, Visibility::Public(_)),
            at: field.ident.as_ref().map_or_else(|| span_of(&field.ty), span_of),
        });
    }
    out
}

/// `#[guarded]`, `#[raceproof::concurrent]`.
fn is_ours(attr: &syn::Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "guarded" || last.ident == "concurrent")
}

/// The name of an identifier, without `r#`.
pub(crate) fn ident(ident: &syn::Ident) -> Name {
    let text = ident.to_string();
    Name::new(text.strip_prefix("r#").unwrap_or(&text))
}
