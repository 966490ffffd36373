//! `#[race_test]`: the function as it stands, inside a test that explores it.

use crate::names;
use crate::parse::race_test::RaceTest;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

// #[test]
// fn transfer() {
//     fn transfer() -> u32 { .. }
//     ::raceproof_test::__private::race_test(
//         ::raceproof_test::RaceTest::new("transfer", transfer)
//             .at(concat!(module_path!(), "::transfer"), env!("CARGO_MANIFEST_DIR"))
//             .engines(&[..]).preemptions(3).outcomes([1, 2]),
//     )
// }
pub(crate) fn race_test(test: &RaceTest, function: &ItemFn, tester: Option<&TokenStream>) -> TokenStream {
    let ItemFn { attrs, sig, block, .. } = function;
    let ident = &sig.ident;
    let name = names::unraw(ident);
    // What was written for the body (`#[expect(..)]`) and what is the test's (docs, `#[cfg]`, `#[should_panic]`).
    let outside = ["doc", "cfg", "cfg_attr", "should_panic", "ignore"];
    // An inner one, `#![allow(..)]`, stays first in the body.
    let (inner, outer): (Vec<_>, Vec<_>) =
        attrs.iter().partition(|attribute| matches!(attribute.style, syn::AttrStyle::Inner(_)));
    let (of_test, of_body): (Vec<_>, Vec<_>) =
        outer.into_iter().partition(|attribute| outside.iter().any(|name| attribute.path().is_ident(name)));
    let Some(tester) = tester else {
        let reason = "raceproof-test is not among the dev-dependencies: `cargo add --dev raceproof-test`";
        return quote! {
            #(#of_test)*
            #[cfg(test)]
            #[test]
            #[ignore = #reason]
            fn #ident() {}
        };
    };
    let output = &sig.output;
    let body = if sig.asyncness.is_some() {
        quote!({ #(#inner)* #tester::block_on(async move #block) })
    } else {
        let statements = &block.stmts;
        quote!({ #(#inner)* #(#statements)* })
    };
    let engines = (!test.engines.is_empty()).then(|| {
        let engines = &test.engines;
        quote! { .engines(&[#(#tester::Rung::#engines),*]) }
    });
    let numbers = test.numbers.iter().map(|(key, value)| quote! { .#key(#value) });
    let strict = test.strict.iter().map(|value| quote! { .strict(#value) });
    let outcomes = test.outcomes.iter().map(|values| quote! { .outcomes([#(#values),*]) });
    let replays = test.replays.iter().map(|token| quote! { .replay(#token) });
    quote! {
        #(#of_test)*
        #[cfg(test)]
        #[test]
        fn #ident() {
            #(#of_body)*
            fn #ident() #output #body
            #tester::__private::race_test(
                #tester::RaceTest::new(#name, #ident)
                    .at(
                        ::core::concat!(::core::module_path!(), "::", #name),
                        ::core::env!("CARGO_MANIFEST_DIR"),
                    )
                    #engines
                    #(#numbers)*
                    #(#strict)*
                    #(#outcomes)*
                    #(#replays)*,
            )
        }
    }
}

/// In place of a function that is refused: nothing that could fail a second time. Where it is no more than an option that
/// is wrong, half-typed perhaps, the body stays, so that an editor goes on knowing what its names are.
pub(crate) fn stub(function: &ItemFn) -> TokenStream {
    let ItemFn { sig, block, .. } = function;
    let ident = &sig.ident;
    let plain = sig.inputs.is_empty()
        && sig.generics.params.is_empty()
        && sig.unsafety.is_none()
        && sig.constness.is_none()
        && sig.abi.is_none();
    let whole = if plain { quote!(#sig #block) } else { quote!(fn #ident() {}) };
    quote! {
        #[cfg(test)]
        #[allow(unused)]
        #whole
    }
}
