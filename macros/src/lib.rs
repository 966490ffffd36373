//! The attributes of raceproof.
//!
//! `parse` reads tokens into a `model`, `check` refuses what must not be, `expand` writes the rest; errors accumulate
//! on the way, and what is refused still expands, to a stub, so that one mistake is one error.

mod check;
mod codes;
mod concurrent;
mod errors;
mod expand;
mod model;
mod names;
mod parse;
mod strategy;
#[cfg(test)]
mod tests;
mod types;

use errors::Errors;
use names::Crates;
use parse::{options, source};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Item};

/// Puts a struct behind a lock that nobody can see, and makes each of its public methods one critical section.
///
/// On the struct it takes the strategy, `#[guarded]` or `#[guarded(mutex)]`, `#[guarded(rwlock)]`, `#[guarded(atomic)]` and
/// so on, with the strategy's own options (`#[guarded(sharded, shards = 16)]`), and `tests = off`. On each impl it stands
/// alone: the methods are the same under every strategy. What a strategy may have to know of a method stands on the method.
#[proc_macro_attribute]
pub fn guarded(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_guarded(options.into(), item.into(), &Crates::find()).into()
}

#[doc = include_str!("concurrent/attribute.md")]
#[proc_macro_attribute]
pub fn concurrent(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    concurrent::concurrent(options.into(), item.into(), &Crates::find()).into()
}

/// Tests for a type that cannot have them by itself: `race_tests!(Registry<u8, u8>)`,
/// `race_tests!(Bank = Bank::with_accounts(3), threads = 3)`.
#[proc_macro]
pub fn race_tests(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_race_tests(input.into(), &parse::manifest::path_of("raceproof-test")).into()
}

/// Explores a function over raceproof's facade, and everything that it can return.
///
/// The docs are at `raceproof::race_test`, from where it is used.
#[proc_macro_attribute]
pub fn race_test(options: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_race_test(options.into(), item.into(), parse::manifest::any_dependency("raceproof-test").as_ref()).into()
}

fn expand_race_test(options: TokenStream, item: TokenStream, tester: Option<&TokenStream>) -> TokenStream {
    let mut errors = Errors::new();
    let test = parse::race_test::RaceTest::parse(options, &mut errors);
    let function = match parse::recover::item(item.clone(), &mut errors) {
        Some(Item::Fn(function)) => function,
        other => {
            if let Some(other) = other {
                errors.refuse_at(&codes::RACE_TEST_ITEM, syn::spanned::Spanned::span(&other), "this is no function");
            }
            let errors = errors.into_tokens();
            return quote!(#errors #item);
        }
    };
    test.check(&function, &mut errors);
    if errors.any() {
        let (errors, stub) = (errors.into_tokens(), expand::race_test::stub(&function));
        return quote!(#errors #stub);
    }
    expand::race_test::race_test(&test, &function, tester)
}

fn expand_guarded(options: TokenStream, item: TokenStream, crates: &Crates) -> TokenStream {
    let mut errors = Errors::new();
    let expansion = match parse::recover::item(item.clone(), &mut errors) {
        Some(Item::Impl(item)) => guarded_impl(options, item, crates, &mut errors),
        Some(Item::Struct(item)) => guarded_struct(options, item.into(), crates, &mut errors),
        Some(Item::Enum(item)) => guarded_struct(options, item.into(), crates, &mut errors),
        Some(Item::Union(item)) => guarded_struct(options, item.into(), crates, &mut errors),
        Some(other) => {
            errors.refuse_at(
                &codes::NOT_A_STRUCT,
                proc_macro2::Span::call_site(),
                "this is neither a struct nor an impl",
            );
            quote!(#other)
        }
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#errors #expansion)
}

fn guarded_struct(options: TokenStream, item: DeriveInput, crates: &Crates, errors: &mut Errors) -> TokenStream {
    let options = options::of_struct(options, errors);
    let facts = crates.tester.as_ref().and_then(|_| source::facts(&item.ident));
    let mut structure = parse::structure::structure(item, &options, facts, errors);
    check::structure::structure(&mut structure, errors);
    expand::structure::structure(&structure, crates)
}

fn guarded_impl(options: TokenStream, item: syn::ItemImpl, crates: &Crates, errors: &mut Errors) -> TokenStream {
    let options = options::of_impl(options, errors);
    let facts = source::of_impl(&item);
    match parse::block::block(item, &options, facts, errors) {
        Ok(mut block) => {
            check::block::block(&mut block, errors);
            expand::block::block(&block, crates)
        }
        // Without a model there is the user's own text, which does for a stub.
        Err(item) => {
            let item = parse::block::plain(*item);
            quote!(#item)
        }
    }
}

fn expand_race_tests(input: TokenStream, tester: &TokenStream) -> TokenStream {
    let tests = match syn::parse2::<parse::race_tests::RaceTests>(input) {
        Ok(tests) => tests,
        Err(error) => {
            let mut errors = Errors::new();
            errors.refuse_at(&codes::RACE_TESTS, error.span(), format!("this cannot be read ({error})"));
            return errors.into_tokens();
        }
    };
    let mut errors = Errors::new();
    tests.check(&mut errors);
    if errors.any() {
        return errors.into_tokens();
    }
    expand::race_tests::race_tests(&tests, tester)
}
