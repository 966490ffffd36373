//! The forms that random items have: whatever Rust allows, grown as text.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Text out of a list.
fn one_of(words: &'static [&'static str]) -> BoxedStrategy<String> {
    select(words).prop_map(str::to_owned).boxed()
}

/// Several texts with something between them.
fn joined(one: BoxedStrategy<String>, most: usize, between: &'static str) -> BoxedStrategy<String> {
    vec(one, 0..=most).prop_map(move |all| all.join(between)).boxed()
}

fn ident() -> BoxedStrategy<String> {
    one_of(&["a", "b", "value", "r#type", "r#fn", "_x", "Counter", "grüße", "self_", "argument0", "hidden", "state"])
}

pub(super) fn ty() -> BoxedStrategy<String> {
    let leaf = one_of(&[
        "u8",
        "Self",
        "Counter",
        "T",
        "&'a str",
        "&str",
        "&'static [u8]",
        "()",
        "!",
        "_",
        "*const T",
        "*mut u8",
        "[u8; N]",
        "[T; { 1 + 2 }]",
        "dyn Fn(u8) -> u8",
        "&dyn Send",
        "fn(&T) -> &T",
        "unsafe extern \"C\" fn(u8, ...)",
        "for<'z> fn(&'z u8) -> &'z u8",
        "impl Iterator<Item = T> + 'a",
        "Self::Item",
        "<T as Iterator>::Item",
        "mac!()",
        "::std::string::String",
        "Rc<T>",
        "std::sync::MutexGuard<'_, T>",
        "Iter<'_, T>",
        "&mut Self",
        "&'a mut Counter<'a, T>",
        "super::Counter",
        "Option<&Self>",
        "impl Fn() + use<'a, T>",
        "impl for<'b> Fn(&'b u8)",
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| format!("Vec<{ty}>")),
            inner.clone().prop_map(|ty| format!("&({ty})")),
            inner.clone().prop_map(|ty| format!("({ty},)")),
            inner.clone().prop_map(|ty| format!("[{ty}]")),
            inner.clone().prop_map(|ty| format!("Option<{ty}>")),
            (inner.clone(), inner.clone()).prop_map(|(ok, error)| format!("Result<{ok}, {error}>")),
            (inner.clone(), inner.clone()).prop_map(|(key, value)| format!("HashMap<{key}, {value}>")),
            (inner.clone(), inner).prop_map(|(one, two)| format!("Box<dyn FnMut({one}) -> ({two}) + Send>")),
        ]
    })
    .boxed()
}

fn generics() -> BoxedStrategy<String> {
    one_of(&[
        "",
        "",
        "<>",
        "<T>",
        "<'a>",
        "<'a, T>",
        "<T: Ord + ?Sized>",
        "<const N: usize>",
        "<'a: 'a, T: 'a + Clone, const N: usize>",
        "<F: for<'z> FnOnce(&'z u8) -> u8>",
        "<T: Iterator<Item: Send>>",
        "<#[cfg(unix)] T>",
    ])
}

/// Those of a struct may have defaults.
fn struct_generics() -> BoxedStrategy<String> {
    prop_oneof![generics(), one_of(&["<T = u8>", "<'a, T: Ord = &'a u8, const N: usize = 3>"])].boxed()
}

fn bounds() -> BoxedStrategy<String> {
    one_of(&[
        "",
        "",
        "where",
        "where T: Clone,",
        "where Self: Sized",
        "where for<'z> T: Fn(&'z u8) -> &'z u8, 'a: 'static",
        "where Vec<T>: Send, [T; 2]: Copy",
        "where T: FnMut(Self)",
    ])
}

fn attributes() -> BoxedStrategy<String> {
    let one = one_of(&[
        "/// Words.\n",
        "#[doc = \"w\"]",
        "#[doc(hidden)]",
        "#[cfg(unix)]",
        "#[cfg_attr(unix, derive(Debug))]",
        "#[inline]",
        "#[cfg_attr(all(), inline, doc = \"x\")]",
        "#[derive(Debug, Default, Clone)]",
        "#[derive(PartialEq, Hash)]",
        "#[derive()]",
        "#[derive(serde::Serialize, ::other::Thing)]",
        "#[derive = \"x\"]",
        "#[allow(dead_code)]",
        "#[odd]",
        "#[odd::er(1 2 3)]",
        "#[odd = 7]",
        "#[arg(0..8)]",
        "#[arg]",
        "#[arg = 1]",
        "#[arg()]",
        "#[allow_callback]",
        "#[allow_callback(x)]",
        "#[serde(rename = \"x\")]",
        "#[must_use]",
        "#[repr(C)]",
        "#[guarded]",
        "#[key]",
        "#[merge(sum)]",
        "#[blocking]",
        "#[single(owner)]",
        "#[spurious(None)]",
        "#[spurious]",
        "#[skip]",
        "#[invariant]",
        "#[thread]",
        "#[consistency(quiescent)]",
        "#[commutes]",
        "#[track_caller]",
    ]);
    joined(one, 3, " ")
}

fn visibility() -> BoxedStrategy<String> {
    one_of(&["", "pub", "pub", "pub(crate)", "pub(super)", "pub(in crate::a)", "pub(self)"])
}

pub(super) fn structure() -> BoxedStrategy<String> {
    let field = (attributes(), visibility(), ident(), ty());
    let named = vec(field.clone(), 0..4).prop_map(|fields| {
        let fields: Vec<_> = fields.into_iter().map(|(a, v, i, t)| format!("{a} {v} {i}: {t},")).collect();
        format!("{{ {} }}", fields.join(" "))
    });
    let tuple = vec(field, 0..4).prop_map(|fields| {
        let fields: Vec<_> = fields.into_iter().map(|(a, v, _, t)| format!("{a} {v} {t},")).collect();
        format!("({})", fields.join(" "))
    });
    let name = one_of(&["Counter", "r#Type", "__S", "É"]);
    let named = (attributes(), visibility(), name.clone(), struct_generics(), bounds(), named);
    let tuple = (attributes(), visibility(), name.clone(), struct_generics(), tuple, bounds());
    let unit = (attributes(), visibility(), name, struct_generics(), bounds());
    prop_oneof![
        4 => (named, one_of(&["struct", "struct", "struct", "union"]))
            .prop_map(|((a, v, n, g, w, f), kind)| {
                // A union has a field.
                let f = if kind == "union" && !f.contains(':') { "{ only: u8 }".to_owned() } else { f };
                format!("{a} {v} {kind} {n} {g} {w} {f}")
            }),
        2 => tuple.prop_map(|(a, v, n, g, f, w)| format!("{a} {v} struct {n} {g} {f} {w};")),
        1 => unit.prop_map(|(a, v, n, g, w)| format!("{a} {v} struct {n} {g} {w};")),
        1 => (attributes(), visibility(), struct_generics(), bounds(), vec((attributes(), ty()), 0..3)).prop_map(|(a, v, g, w, all)| {
            let variants: Vec<_> = all.iter().enumerate().map(|(i, (a, t))| match i {
                0 => format!("{a} A({t}),"),
                1 => format!("{a} B {{ b: {t} }},"),
                _ => format!("{a} C = 7,"),
            }).collect();
            format!("{a} {v} enum Door {g} {w} {{ {} }}", variants.join(" "))
        }),
    ]
    .boxed()
}

fn parameter() -> BoxedStrategy<String> {
    let pattern = prop_oneof![
        3 => ident(),
        1 => one_of(&["_", "mut a", "(a, mut b)", "[x, ..]", "Point { x, y: _ }", "ref a", "a @ _", "&a", "&mut (ref b,)"]),
    ];
    (attributes(), pattern, ty()).prop_map(|(a, p, t)| format!("{a} {p}: {t}")).boxed()
}

pub(super) fn body() -> BoxedStrategy<String> {
    one_of(&[
        "{}",
        "{ self.value += 1; }",
        "{ self.0 }",
        "{ self.value = self.value.wrapping_add(n); }",
        "{ Self { value: 0 } }",
        "{ Counter::new() }",
        "{ mac!(self, Self); }",
        "{ return Self::default() }",
        "{ loop {} }",
        "{ unsafe { x() } }",
        "{ struct Inner; impl Inner { fn f(&self) -> Self { Self } } }",
        "{ let Counter { value } = self; *value }",
        "{ async move { self.value }.await }",
        "{ #![allow(unused)] 1 }",
        "{ self.value -= *n; self }",
        "{ <Self as T>::X }",
    ])
}

fn function() -> BoxedStrategy<String> {
    let receiver = one_of(&[
        "",
        "",
        "&self",
        "&self",
        "&mut self",
        "&mut self",
        "self",
        "mut self",
        "&'a self",
        "&'a mut self",
        "self: &Self",
        "self: &mut Self",
        "self: Self",
        "self: Box<Self>",
        "self: Arc<Self>",
        "self: Pin<&mut Self>",
        "self: &Arc<Self>",
        "mut self: &Counter<T>",
        "#[cfg(unix)] &self",
        "#[arg(1)] &mut self",
    ]);
    let qualifiers = one_of(&[
        "",
        "",
        "",
        "",
        "const",
        "async",
        "unsafe",
        "extern \"C\"",
        "const unsafe extern \"C\"",
        "async unsafe",
        "default",
    ]);
    let result = prop_oneof![1 => Just(String::new()), 2 => ty().prop_map(|ty| format!("-> {ty}"))];
    let head = (attributes(), visibility(), qualifiers, ident(), generics());
    (head, receiver, vec(parameter(), 0..4), result, bounds(), body())
        .prop_map(|((a, v, q, n, g), receiver, parameters, r, w, body)| {
            let all: Vec<_> = [receiver].into_iter().chain(parameters).filter(|one| !one.is_empty()).collect();
            format!("{a} {v} {q} fn {n} {g}({}) {r} {w} {body}", all.join(", "))
        })
        .boxed()
}

fn member() -> BoxedStrategy<String> {
    let other = prop_oneof![
        (attributes(), visibility(), ty()).prop_map(|(a, v, t)| format!("{a} {v} const MAX: {t} = Self::ZERO + 1;")),
        (attributes(), visibility(), generics(), ty()).prop_map(|(a, v, g, t)| format!("{a} {v} type Item {g} = {t};")),
        one_of(&[
            "mac!();",
            "mac! { fn f(&self) {} }",
            "a::b![1];",
            "fn bodiless(&self);",
            "type X: Clone;",
            "const Y: u8;"
        ]),
    ];
    prop_oneof![6 => function(), 1 => other].boxed()
}

pub(super) fn block() -> BoxedStrategy<String> {
    let head = one_of(&[
        "impl",
        "impl<T>",
        "impl<'a, T: Ord, const N: usize>",
        "unsafe impl",
        "default impl",
        "impl<>",
        "impl<#[cfg(unix)] T>",
    ]);
    let trait_ = one_of(&[
        "",
        "",
        "",
        "Default for",
        "fmt::Display for",
        "Deref for",
        "PartialEq<Self> for",
        "!Send for",
        "Drop for",
        "::std::ops::AddAssign<&Self> for",
        "Iterator for",
        "Trait<'a, { 1 }, Item = u8> for",
        "From<Counter<u8>> for",
        "Copy for",
    ]);
    let of = one_of(&[
        "Counter",
        "Counter",
        "Counter<T>",
        "Counter<'a, T, N>",
        "super::Counter",
        "crate::a::Counter<u8>",
        "::c::Counter",
        "Self",
        "(Counter)",
        "[Counter]",
        "&Counter",
        "(u8, u8)",
        "<Counter as T>::X",
        "dyn Trait",
        "fn()",
        "mac!()",
        "r#Type",
        "(!)",
    ]);
    (attributes(), head, trait_, of, bounds(), vec(member(), 0..6))
        .prop_map(|(a, head, trait_, of, w, members)| {
            format!("{a} {head} {trait_} {of} {w} {{ {} }}", members.join("\n"))
        })
        .boxed()
}

pub(super) fn odd_item() -> BoxedStrategy<String> {
    one_of(&[
        "fn f() {}",
        "mod m { pub struct S; }",
        "mod m;",
        "use a::{b, c as d};",
        "static X: u8 = 1;",
        "const _: () = ();",
        "trait T { fn f(&self); }",
        "type A = u8;",
        "extern crate core;",
        "macro_rules! m { () => {} }",
        "mac!();",
        "extern \"C\" { fn f(); }",
        "trait A = B + C;",
    ])
}

pub(super) fn options() -> BoxedStrategy<String> {
    let one = one_of(&[
        "mutex",
        "rwlock",
        "atomic",
        "actor",
        "sharded",
        "left_right",
        "rcu",
        "tests = off",
        "tests = on",
        "tests = 1",
        "block = 2",
        "block = 9",
        "fast",
        "shards = 4",
        "mutex(1)",
        "a::b",
        "tests",
        "r#mutex",
    ]);
    joined(one, 2, ", ")
}

pub(super) fn concurrent_options() -> BoxedStrategy<String> {
    let one = one_of(&[
        "spec = VecDeque<u8>",
        "spec = Self",
        "spec = (T, &'a u8)",
        "spec = dyn Fn(u8) -> u8",
        "spec",
        "spec = 1",
        "spec(x)",
        "start = Stack::new(3)",
        "start = |stack| stack.len()",
        "threads = 2",
        "threads = 99",
        "threads = -1",
        "tests = off",
        "mutex",
        "a::b = 1",
        "spec = mac!()",
    ]);
    joined(one, 3, ", ")
}

pub(super) fn race_test_options() -> BoxedStrategy<String> {
    let one = one_of(&[
        "engines = [loom, shuttle]",
        "engines = []",
        "engines = loom",
        "engines = [loom(1)]",
        "preemptions = 3",
        "preemptions",
        "executions = -1",
        "budget = 2.0",
        "seed = 7u8",
        "strict",
        "strict = true",
        "outcomes = [1, 2]",
        "outcomes = []",
        "outcomes = f()",
        "replay = \"rp1~x\"",
        "replay = 1",
        "a::b",
        "name = x",
    ]);
    joined(one, 3, ", ")
}

/// A function outside of an impl: it has no receiver, and is not `default`.
pub(super) fn free_function() -> BoxedStrategy<String> {
    let qualifiers = one_of(&["", "", "const", "async", "unsafe", "extern \"C\"", "async unsafe"]);
    let result = prop_oneof![1 => Just(String::new()), 2 => ty().prop_map(|ty| format!("-> {ty}"))];
    ((attributes(), visibility(), qualifiers, ident(), generics()), vec(parameter(), 0..2), result, bounds(), body())
        .prop_map(|((a, v, q, n, g), parameters, r, w, body)| {
            format!("{a} {v} {q} fn {n} {g}({}) {r} {w} {body}", parameters.join(", "))
        })
        .boxed()
}
