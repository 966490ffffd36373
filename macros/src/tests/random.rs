//! Random items, each of them well-formed: whatever Rust allows, the attributes answer with items, and never panic.
//!
//! The items are grown as text and read as syntax trees; that each of them parses is part of the test, for garbage is
//! tried elsewhere. Seeds of failures are kept in `proptest-regressions/`.

mod forms;

use super::crates;
use crate::{expand_guarded, expand_race_tests};
use forms::{block, body, concurrent_options, free_function, odd_item, options, race_test_options, structure, ty};
use proc_macro2::TokenStream;
use proptest::prelude::*;
use quote::quote;

/// The tokens of a well-formed item: the generator's own test.
fn read(item: &str) -> TokenStream {
    let tokens: TokenStream = item.parse().unwrap_or_else(|error| panic!("{error}: {item}"));
    if let Err(error) = syn::parse2::<syn::Item>(tokens.clone()) {
        panic!("the generator made an item that does not parse ({error}): {item}");
    }
    tokens
}

fn expands(options: &str, item: &str, tester: bool) -> Result<(), TestCaseError> {
    let options: TokenStream = options.parse().unwrap();
    let expansion = expand_guarded(options, read(item), &crates(tester));
    if let Err(error) = syn::parse2::<syn::File>(expansion.clone()) {
        return Err(TestCaseError::fail(format!("not a list of items ({error}): {expansion}")));
    }
    Ok(())
}

fn concurrent(options: &str, item: &str, tester: bool) -> Result<(), TestCaseError> {
    // Options that are no tokens' list are as likely as wrong ones.
    let options: TokenStream = options.parse().unwrap();
    let expansion = crate::concurrent::concurrent(options, read(item), &crates(tester));
    if let Err(error) = syn::parse2::<syn::File>(expansion.clone()) {
        return Err(TestCaseError::fail(format!("not a list of items ({error}): {expansion}")));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn structs_of_any_form(options in options(), item in structure(), tester in any::<bool>()) {
        expands(&options, &item, tester)?;
    }

    #[test]
    fn impls_of_any_form(options in options(), item in block(), tester in any::<bool>()) {
        expands(&options, &item, tester)?;
    }

    #[test]
    fn impls_under_concurrent(options in concurrent_options(), item in block(), tester in any::<bool>()) {
        concurrent(&options, &item, tester)?;
    }

    #[test]
    fn functions_under_race_test(
        options in race_test_options(),
        item in prop_oneof![4 => free_function(), 1 => odd_item(), 1 => structure()],
        tester in any::<bool>(),
    ) {
        let options: TokenStream = options.parse().unwrap();
        let tester = tester.then(|| quote!(::raceproof_test));
        let expansion = crate::expand_race_test(options, read(&item), tester.as_ref());
        prop_assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "{}", expansion);
    }

    #[test]
    fn items_of_other_kinds_under_concurrent(
        options in concurrent_options(),
        item in prop_oneof![structure(), odd_item()],
    ) {
        concurrent(&options, &item, true)?;
    }

    #[test]
    fn items_of_other_kinds(options in options(), item in odd_item()) {
        expands(&options, &item, true)?;
    }

    #[test]
    fn race_tests_of_any_form(ty in ty(), construct in body(), more in options()) {
        let (ty, construct): (TokenStream, TokenStream) = (ty.parse().unwrap(), construct.parse().unwrap());
        let more: TokenStream = more.parse().unwrap();
        for input in [quote!(#ty), quote!(#ty = #construct), quote!(#ty = #construct, threads = 2, #more)] {
            let expansion = expand_race_tests(input, &quote!(::raceproof_test));
            prop_assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "{}", expansion);
        }
    }

    /// What is cut off somewhere, as while it is typed, is no item any more; then the expansion need be none either.
    #[test]
    fn items_that_are_cut_off(item in prop_oneof![structure(), block()], at in any::<prop::sample::Index>()) {
        let mut left = at.index(400);
        let cut = cut(item.parse().unwrap(), &mut left);
        expand_guarded(TokenStream::new(), cut, &crates(true));
    }
}

/// Leaves tokens out from the one on that the count comes down to.
fn cut(tokens: TokenStream, left: &mut usize) -> TokenStream {
    let mut kept = TokenStream::new();
    for token in tokens {
        if *left == 0 {
            break;
        }
        *left -= 1;
        match token {
            proc_macro2::TokenTree::Group(group) => {
                let inner = cut(group.stream(), left);
                kept.extend([proc_macro2::TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner))]);
            }
            other => kept.extend([other]),
        }
    }
    kept
}
