//! The file around the attribute: what an attribute alone cannot see.
//!
//! An attribute is given its own item and nothing else; which impls stand before this one, and whether the struct can be
//! built without arguments, stands in the file. So the file is read once more: a mark is put where the attribute stands,
//! and the item that bears it is looked for, with its neighbours. Where that fails (the item comes out of a macro, the
//! tokens out of an editor) nothing is known, and each fact has a value for that.

use super::attributes;
use crate::names;
use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemImpl, ReturnType, Type, Visibility};

/// What the file says about the struct of this name, seen from the attribute.
#[derive(Default)]
pub(crate) struct Facts {
    /// Guarded impls of the type before this item, in the same scope and named in the same way.
    pub(crate) earlier_blocks: usize,
    /// Whether one of those has a public constructor without arguments.
    pub(crate) earlier_constructor: bool,
    /// Whether any guarded impl in the scope makes the type without arguments.
    pub(crate) constructor: bool,
    /// A constructor with arguments, for the reminder to name.
    pub(crate) builder: Option<String>,
    /// Whether the type is in sight, and then, whether it derives `Default`.
    pub(crate) in_sight: bool,
    pub(crate) derives_default: bool,
    /// Whether any guarded impl in the scope has a method with a `#[key]`.
    pub(crate) keys: bool,
    /// The type is there, and plain: what it is (`struct`, `enum`, ...).
    pub(crate) unguarded: Option<&'static str>,
    /// The type comes from another module, by a `use` of its name.
    pub(crate) imported: bool,
    /// Whether the type is `pub`, where it is in sight.
    pub(crate) public: Option<bool>,
    /// Types in sight that are less than `pub`.
    pub(crate) private_types: Vec<String>,
}

const MARK: &str = "#[__raceproof_here] ";

/// Reads the file that holds the attribute.
pub(crate) fn facts(ident: &syn::Ident) -> Option<Facts> {
    let here = Span::call_site();
    let text = std::fs::read_to_string(here.local_file()?).ok()?;
    let start = here.start();
    read(&text, start.line, start.column, &names::unraw(ident))
}

/// The same, for the type that an impl is for.
pub(crate) fn of_impl(item: &ItemImpl) -> Option<Facts> {
    match &*item.self_ty {
        Type::Path(path) => facts(&path.path.segments.last()?.ident),
        _ => None,
    }
}

/// The facts about the type `ident`, from an attribute that starts at this line (from 1) and column (from 0).
fn read(text: &str, line: usize, column: usize, ident: &str) -> Option<Facts> {
    let line_start = match line.checked_sub(2) {
        None => 0,
        Some(breaks) => text.match_indices('\n').nth(breaks)?.0 + 1,
    };
    let offset = line_start + text.get(line_start..)?.char_indices().nth(column)?.0;
    let (before, after) = text.split_at(offset);
    if !after.starts_with('#') {
        return None;
    }
    let file = syn::parse_file(&format!("{before}{MARK}{after}")).ok()?;
    let mut search = Search { scopes: Vec::new(), ident, found: None };
    search.visit_file(&file);
    search.found
}

struct Scope<'ast> {
    items: Vec<&'ast Item>,
    /// A block sees the names of what surrounds it; a module does not.
    block: bool,
}

struct Search<'ast, 'a> {
    scopes: Vec<Scope<'ast>>,
    ident: &'a str,
    found: Option<Facts>,
}

impl<'ast> Search<'ast, '_> {
    fn enter(&mut self, items: Vec<&'ast Item>, block: bool, deeper: impl FnOnce(&mut Self)) {
        if self.found.is_some() {
            return;
        }
        let here =
            items.iter().position(|item| attributes_of(item).iter().any(|a| a.path().is_ident("__raceproof_here")));
        self.scopes.push(Scope { items, block });
        match here {
            Some(here) => self.found = Some(self.gather(here)),
            None => deeper(self),
        }
        self.scopes.pop();
    }

    fn gather(&self, here: usize) -> Facts {
        let mut facts = Facts::default();
        let Some(scope) = self.scopes.last() else { return facts };
        // The attribute may have been imported under another name: the one used here is known.
        let alias = attributes_of(scope.items[here])
            .iter()
            .skip_while(|a| !a.path().is_ident("__raceproof_here"))
            .nth(1)
            .and_then(|a| Some(a.path().segments.last()?.ident.to_string()))
            .unwrap_or_default();
        let guarded = |attrs: &[Attribute]| {
            attrs
                .iter()
                .any(|a| a.path().segments.last().is_some_and(|s| s.ident == "guarded" || s.ident == alias.as_str()))
        };
        let away_here = matches!(scope.items[here], Item::Impl(block) if away(block));
        for (i, item) in scope.items.iter().enumerate() {
            let Item::Impl(block) = item else { continue };
            if !names_type(block, self.ident) {
                continue;
            }
            // A plain `impl Default` for the wrapper does as well as a guarded one.
            facts.constructor |= block.trait_.is_some() && constructs(block, self.ident);
            if !guarded(&block.attrs) && i != here {
                continue;
            }
            facts.keys |= keyed(block);
            facts.builder = facts.builder.take().or_else(|| builder(block, self.ident));
            let constructs = constructs(block, self.ident);
            facts.constructor |= constructs;
            if i < here && block.trait_.is_none() && away(block) == away_here {
                facts.earlier_blocks += 1;
                facts.earlier_constructor |= constructs;
            }
        }
        facts.unguarded = self.unguarded(&guarded);
        for (ident, vis, ..) in self.types() {
            if !matches!(vis, Visibility::Public(_)) {
                facts.private_types.push(ident.to_string());
            }
            if ident == self.ident && facts.public.is_none() {
                facts.public = Some(matches!(vis, Visibility::Public(_)));
            }
        }
        let seen = self.types().into_iter().find(|(ident, ..)| *ident == self.ident);
        facts.in_sight = seen.is_some();
        facts.derives_default = seen.is_some_and(|(_, _, attrs, _)| attrs.iter().any(derives_default));
        facts.imported = !facts.in_sight
            && scope.items.iter().any(|item| matches!(item, Item::Use(item) if imports(&item.tree, self.ident)));
        facts
    }

    /// The types whose names are in sight, the nearest first.
    fn types(&self) -> Vec<(&'ast syn::Ident, &'ast Visibility, &'ast [Attribute], &'static str)> {
        let mut types = Vec::new();
        for scope in self.scopes.iter().rev() {
            types.extend(scope.items.iter().filter_map(|item| match item {
                Item::Struct(item) => Some((&item.ident, &item.vis, &*item.attrs, "struct")),
                Item::Enum(item) => Some((&item.ident, &item.vis, &*item.attrs, "enum")),
                Item::Union(item) => Some((&item.ident, &item.vis, &*item.attrs, "union")),
                Item::Type(item) => Some((&item.ident, &item.vis, &*item.attrs, "type")),
                _ => None,
            }));
            if !scope.block {
                break;
            }
        }
        types
    }

    /// The nearest type of this name, if it is in sight and certainly not guarded.
    fn unguarded(&self, guarded: &dyn Fn(&[Attribute]) -> bool) -> Option<&'static str> {
        let types = self.types();
        let (_, _, attrs, kind) = types.iter().find(|(ident, ..)| *ident == self.ident)?;
        // An attribute that is not the language's own may be this one, under another name; and an alias's struct may be
        // anywhere.
        let plain = *kind != "type" && attrs.iter().all(attributes::is_builtin) && !guarded(attrs);
        plain.then_some(*kind)
    }
}

impl<'ast> Visit<'ast> for Search<'ast, '_> {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.enter(file.items.iter().collect(), false, |this| visit::visit_file(this, file));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if let Some((_, items)) = &module.content {
            self.enter(items.iter().collect(), false, |this| visit::visit_item_mod(this, module));
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = block.stmts.iter().filter_map(|s| if let syn::Stmt::Item(item) = s { Some(item) } else { None });
        self.enter(items.collect(), true, |this| visit::visit_block(this, block));
    }
}

fn attributes_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether this is a `#[derive]` that has `Default` in it.
fn derives_default(attribute: &Attribute) -> bool {
    let paths = attribute
        .path()
        .is_ident("derive")
        .then(|| attribute.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated));
    let is_default = |path: &syn::Path| path.segments.last().is_some_and(|s| s.ident == "Default");
    paths.is_some_and(|paths| paths.is_ok_and(|paths| paths.iter().any(is_default)))
}

/// Whether the impl names its type by a path, as one does that is not in the struct's module.
fn away(block: &ItemImpl) -> bool {
    matches!(&*block.self_ty, Type::Path(path) if path.path.segments.len() > 1)
}

/// Whether a `use` brings this name in, by its name.
fn imports(tree: &syn::UseTree, ident: &str) -> bool {
    match tree {
        syn::UseTree::Path(path) => imports(&path.tree, ident),
        syn::UseTree::Name(name) => name.ident == ident,
        syn::UseTree::Rename(rename) => rename.rename == ident,
        syn::UseTree::Group(group) => group.items.iter().any(|tree| imports(tree, ident)),
        syn::UseTree::Glob(_) => false,
    }
}

/// Whether a method of the impl has a `#[key]`.
fn keyed(block: &ItemImpl) -> bool {
    let is_key = |attribute: &Attribute| attribute.path().is_ident("key");
    block.items.iter().any(|item| match item {
        ImplItem::Fn(function) => function.sig.inputs.iter().any(|input| match input {
            syn::FnArg::Typed(typed) => typed.attrs.iter().any(is_key),
            syn::FnArg::Receiver(_) => false,
        }),
        _ => false,
    })
}

fn names_type(block: &ItemImpl, ident: &str) -> bool {
    matches!(&*block.self_ty, Type::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == ident))
}

/// Whether the impl has a constructor without arguments: a public one, or that of `Default`.
fn constructs(block: &ItemImpl, ident: &str) -> bool {
    if let Some((_, path, _)) = &block.trait_ {
        return path.segments.last().is_some_and(|s| s.ident == "Default");
    }
    block
        .items
        .iter()
        .any(|item| matches!(item, ImplItem::Fn(function) if function.sig.inputs.is_empty() && makes(function, ident)))
}

/// The name of a public constructor with arguments.
fn builder(block: &ItemImpl, ident: &str) -> Option<String> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(function)
            if function.sig.receiver().is_none() && !function.sig.inputs.is_empty() && makes(function, ident) =>
        {
            Some(function.sig.ident.to_string())
        }
        _ => None,
    })
}

/// Whether it is public, plain, and returns `Self`.
fn makes(function: &syn::ImplItemFn, ident: &str) -> bool {
    let makes_self = matches!(&function.sig.output, ReturnType::Type(_, ty)
            if matches!(&**ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| name == "Self")
                || path.path.segments.len() == 1 && path.path.segments[0].ident == ident));
    let plain =
        function.sig.asyncness.is_none() && function.sig.unsafety.is_none() && function.sig.generics.params.is_empty();
    !matches!(function.vis, Visibility::Inherited) && makes_self && plain
}

#[cfg(test)]
mod tests {
    use super::read;

    const FILE: &str = "use raceproof::guarded as g;
#[g] struct Counter { value: u64 }
#[g] impl Counter { pub fn new() -> Self { Self { value: 0 } } }
mod inner {
    struct Plain(u8);
    #[guarded]
    impl Plain { pub fn get(&self) -> u8 { self.0 } }
    #[guarded] impl Counter {}
}
#[g] impl Counter { pub fn get(&self) -> u64 { self.value } }
fn f() { #[guarded] struct Local(u8); { #[guarded] impl Local {} } }
";

    #[test]
    fn counts_blocks_in_the_scope() {
        assert_eq!(read(FILE, 3, 0, "Counter").unwrap().earlier_blocks, 0);
        let last = read(FILE, 10, 0, "Counter").unwrap();
        assert_eq!((last.earlier_blocks, last.earlier_constructor, last.unguarded), (1, true, None));
        assert_eq!(read(FILE, 8, 4, "Counter").unwrap().earlier_blocks, 0);
    }

    #[test]
    fn sees_what_can_be_built_and_what_is_plain() {
        assert!(read(FILE, 2, 0, "Counter").unwrap().constructor);
        let plain = read(FILE, 6, 4, "Plain").unwrap();
        assert_eq!((plain.constructor, plain.unguarded), (false, Some("struct")));
        assert_eq!(read(FILE, 11, 40, "Local").unwrap().unguarded, None);
    }

    #[test]
    fn sees_keys_in_any_impl_of_the_type() {
        let file = "#[guarded] impl Map { pub fn clear(&mut self) {} }
#[guarded] impl Map { pub fn get(&self, #[key] key: u8) {} }
#[guarded] impl Other { pub fn clear(&mut self) {} }
";
        assert!(read(file, 1, 0, "Map").unwrap().keys);
        assert!(!read(file, 3, 0, "Other").unwrap().keys);
    }

    #[test]
    fn knows_nothing_elsewhere() {
        assert!(read(FILE, 1, 0, "Counter").is_none());
        assert!(read(FILE, 99, 0, "Counter").is_none());
        assert!(read("", 1, 5, "Counter").is_none());
    }
}
