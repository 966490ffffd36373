//! The tests: six functions a type, one a rung of the ladder.
//!
//! They are siblings and not a module, since a struct in a function's body has no path by which a module could name it.

use crate::model::structure::Structure;
use crate::names::{self, Crates};
use crate::parse::race_tests::RaceTests;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, Type, parse_quote};

/// The rungs, by the last part of the test's name and by the name of `raceproof_test::__private::Rung`'s variant.
const RUNGS: [(&str, &str); 6] = [
    ("1_sequential", "Sequential"),
    ("2_loom", "Loom"),
    ("3_dpor", "Dpor"),
    ("4_shuttle", "Shuttle"),
    ("5_threads", "Threads"),
    ("6_mutants", "Mutants"),
];

/// A type that has its tests from its attribute.
pub(crate) struct Tested<'a> {
    pub(crate) name: String,
    pub(crate) cfgs: &'a [syn::Attribute],
    /// The type, as the attribute's item writes it.
    pub(crate) ty: &'a Type,
    pub(crate) generics: &'a Generics,
    /// A constructor with arguments, as far as the file shows.
    pub(crate) builder: Option<&'a str>,
    /// Whether it can be built without arguments, as far as the file shows.
    pub(crate) buildable: bool,
    /// The attribute that would do without tests.
    pub(crate) off: &'static str,
}

/// The tests that come with the struct's attribute.
pub(super) fn of_structure(structure: &Structure, crates: &Crates) -> TokenStream {
    if !structure.tests || structure.stub {
        return TokenStream::new();
    }
    let wrapper = &structure.wrapper;
    let generics = &structure.definition.generics;
    let lifetimes: Vec<_> = generics.lifetimes().map(|_| quote!('static)).collect();
    let ty = if lifetimes.is_empty() { parse_quote!(#wrapper) } else { parse_quote!(#wrapper<#(#lifetimes),*>) };
    let tested = Tested {
        name: names::unraw(wrapper),
        cfgs: &structure.cfgs,
        ty: &ty,
        generics,
        builder: structure.builder.as_deref(),
        buildable: structure.buildable,
        off: "#[guarded(tests = off)]",
    };
    of(&tested, crates)
}

/// The tests of a type, or the reminder that they need a line.
pub(crate) fn of(tested: &Tested<'_>, crates: &Crates) -> TokenStream {
    let Some(tester) = &crates.tester else { return TokenStream::new() };
    let Tested { name, cfgs, ty, generics, off, .. } = tested;
    let tester_name = tester.to_string().replace(' ', "").trim_start_matches(':').to_owned();
    let builder = tested.builder.unwrap_or("new");
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        let example: Vec<_> = generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                syn::GenericParam::Type(_) => Some("u8"),
                syn::GenericParam::Const(_) => Some("2"),
                syn::GenericParam::Lifetime(_) => None,
            })
            .collect();
        let example = example.join(", ");
        let reason =
            format!("generic: write `{tester_name}::race_tests!({name}<{example}>);` in a test module, or `{off}`");
        return reminder(cfgs, name, &reason);
    }
    if !tested.buildable {
        let reason = format!(
            "no way to build it without arguments: write `{tester_name}::race_tests!({name} = {name}::{builder}(..));` in a \
             test module, or `{off}`"
        );
        return reminder(cfgs, name, &reason);
    }
    rungs(cfgs, tester, &names::snake(name), &quote!(#ty; name = #name; ; {}))
}

// #[cfg(test)] #[test] #[ignore = "generic: write .."] fn race_registry() {}
fn reminder(cfgs: &[syn::Attribute], name: &str, reason: &str) -> TokenStream {
    let function = format_ident!("race_{}", names::snake(name));
    quote! {
        #(#cfgs)*
        #[cfg(test)]
        #[allow(unnameable_test_items)]
        #[test]
        #[ignore = #reason]
        fn #function() {}
    }
}

// #[cfg(test)] #[test] fn race_counter_1_sequential() {
//     ::raceproof_test::__private::run(Rung::Sequential, ::raceproof_test::__subject! { Counter; name = "Counter"; ; {} })
// }
fn rungs(cfgs: &[syn::Attribute], tester: &TokenStream, stem: &str, subject: &TokenStream) -> TokenStream {
    RUNGS
        .iter()
        .map(|(suffix, variant)| {
            let function = format_ident!("race_{stem}_{suffix}", span = Span::call_site());
            let variant = format_ident!("{variant}");
            quote! {
                #(#cfgs)*
                #[cfg(test)]
                #[allow(unnameable_test_items, non_snake_case)]
                #[test]
                fn #function() {
                    #tester::__private::run(#tester::__private::Rung::#variant, #tester::__subject! { #subject })
                }
            }
        })
        .collect()
}

/// `race_tests!`.
pub(crate) fn race_tests(tests: &RaceTests, tester: &TokenStream) -> TokenStream {
    let RaceTests { ty, construct, name, options, .. } = tests;
    let stem = match name {
        Some(name) => names::unraw(name),
        None => stem(ty.to_token_stream()),
    };
    let display = display(ty.to_token_stream());
    let (keys, values): (Vec<_>, Vec<_>) = options.iter().map(|(key, value)| (key, value)).unzip();
    rungs(&[], tester, &stem, &quote!(#ty; name = #display; #construct; { #(#keys: #values),* }))
}

/// `registry_u8_u8` for `Registry<u8, u8>`: the whole type, so that two tests of one module do not clash.
fn stem(ty: TokenStream) -> String {
    let mut words = Vec::new();
    collect(ty, &mut words);
    words.join("_")
}

fn collect(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(ident) if !["crate", "super", "self"].iter().any(|skipped| ident == skipped) => {
                words.push(names::snake(&names::unraw(&ident)));
            }
            TokenTree::Literal(literal) => {
                words.push(literal.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).collect());
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The type as its user writes it: `Registry<u8, u8>`.
fn display(ty: TokenStream) -> String {
    let text = ty.to_string();
    let text = text.replace(" < ", "<").replace("< ", "<").replace(" >", ">").replace(" ,", ",").replace(" :: ", "::");
    text.replace(" <", "<")
}

#[cfg(test)]
mod tests {
    use super::{display, stem};
    use quote::quote;

    #[test]
    fn names_of_types() {
        assert_eq!(stem(quote!(Registry<u8, Vec<Option<String>>>)), "registry_u8_vec_option_string");
        assert_eq!(stem(quote!(crate::bank::Bank<{ 3 }>)), "bank_bank_3");
        assert_eq!(display(quote!(Registry<u8, Vec<u8>>)), "Registry<u8, Vec<u8>>");
        assert_eq!(display(quote!(crate::Bank)), "crate::Bank");
    }
}
