//! What a body does that cannot be undone, as far as its tokens show.
//!
//! Some strategies run a body more than once before its outcome is kept. Most of what would make that wrong is spelt in a
//! few ways, listed here; a private method of the same impl is looked into. What is behind any other call nobody sees:
//! that is for the documentation to say.

use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{ExprCall, ExprMethodCall, ImplItem, ItemImpl, Macro};

/// Macros that write somewhere.
const MACROS: &[&str] = &[
    "print", "println", "eprint", "eprintln", "dbg", "trace", "debug", "info", "warn", "error", "log", "event", "span",
];

/// Methods that send, wake, wait, or change an atomic or what is behind a lock.
const METHODS: &[&str] = &[
    "send",
    "try_send",
    "recv",
    "try_recv",
    "recv_timeout",
    "notify_one",
    "notify_all",
    "unpark",
    "lock",
    "try_lock",
    "fetch_add",
    "fetch_sub",
    "fetch_and",
    "fetch_or",
    "fetch_xor",
    "fetch_nand",
    "fetch_max",
    "fetch_min",
    "fetch_update",
    "compare_exchange",
    "compare_exchange_weak",
    "store",
    "flush",
    "write_all",
    "write_fmt",
    "spawn",
    "execute",
];

/// Functions by their last two names, and anything at all in a module of these names.
const FUNCTIONS: &[(&str, &str)] = &[
    ("thread", "spawn"),
    ("thread", "sleep"),
    ("thread", "park"),
    ("process", "exit"),
    ("process", "abort"),
    ("io", "stdout"),
    ("io", "stderr"),
    ("io", "stdin"),
    ("Command", "new"),
    ("File", "create"),
    ("File", "open"),
];
const MODULES: &[&str] = &["fs", "net"];

/// The names of the methods that have a side effect, by themselves or through another method of this impl.
pub(super) fn with_effects(item: &ItemImpl) -> HashSet<String> {
    let mut seen = HashSet::new();
    let mut calls = Vec::new();
    for member in &item.items {
        let ImplItem::Fn(function) = member else { continue };
        let mut look = Look::default();
        look.visit_block(&function.block);
        let name = function.sig.ident.to_string();
        if look.found {
            seen.insert(name.clone());
        }
        calls.push((name, look.calls));
    }
    loop {
        let before = seen.len();
        for (name, called) in &calls {
            if called.iter().any(|called| seen.contains(called)) {
                seen.insert(name.clone());
            }
        }
        if seen.len() == before {
            return seen;
        }
    }
}

#[derive(Default)]
struct Look {
    found: bool,
    /// Methods of the type itself that are called.
    calls: Vec<String>,
}

impl<'ast> Visit<'ast> for Look {
    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        self.found |= MACROS.contains(&name.as_str());
        // `assert!(self.tell(..))`: most macros take expressions.
        let arguments =
            called.parse_body_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated);
        for argument in arguments.iter().flatten() {
            self.visit_expr(argument);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if matches!(&*call.receiver, syn::Expr::Path(path) if path.path.is_ident("self")) {
            self.calls.push(name);
        } else {
            self.found |= METHODS.contains(&name.as_str());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let syn::Expr::Path(function) = &*call.func {
            let names: Vec<String> = function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let [.., module, name] = &*names {
                self.found |= FUNCTIONS.contains(&(module, name)) || MODULES.contains(&module.as_str());
                if module == "Self" {
                    self.calls.push(name.clone());
                }
            }
        }
        visit::visit_expr_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::with_effects;
    use syn::parse_quote;

    #[test]
    fn finds_what_is_spelt_and_what_is_called() {
        let item = parse_quote! {
            impl Counter {
                pub fn print(&mut self) { println!("{}", self.value); }
                pub fn send(&mut self, to: &Sender<u8>) { if true { let _ = to.send(1); } }
                pub fn count(&mut self) { CALLS.fetch_add(1, Relaxed); }
                pub fn file(&mut self) { std::fs::write("a", "b").unwrap(); }
                pub fn outer(&mut self) { self.inner() }
                fn inner(&mut self) { Self::innermost(self) }
                fn innermost(&mut self) { eprintln!() }
                pub fn quiet(&mut self) { assert!(self.value > 1, "{}", self.value); self.value = self.value.max(3); self.calm(); }
                fn calm(&self) -> String { self.words.join("") }
            }
        };
        let mut found: Vec<_> = with_effects(&item).into_iter().collect();
        found.sort();
        assert_eq!(found, ["count", "file", "inner", "innermost", "outer", "print", "send"]);
    }
}
