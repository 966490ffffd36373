//! The attribute as a function of tokens: a golden expansion, what is refused, and that nothing makes it panic.

use super::concurrent;
use crate::names::Crates;
use proc_macro2::TokenStream;
use quote::quote;

fn crates(tester: bool) -> Crates {
    Crates { raceproof: quote!(::raceproof), serde: quote!(::serde), tester: tester.then(|| quote!(::raceproof_test)) }
}

fn expand(options: TokenStream, item: TokenStream, tester: bool) -> String {
    let expansion = concurrent(options, item, &crates(tester));
    prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is a list of items"))
}

#[test]
fn golden_ring_concurrent() {
    insta::assert_snapshot!(expand(
        quote!(spec = Items<T>, start = |ring: &Ring<T>| Items::with(ring.capacity()), threads = 2),
        quote! {
            impl<T: Clone + Send> Ring<T> {
                pub fn with(capacity: usize) -> Self { Self { slots: vec![None; capacity] } }
                #[single(producer)]
                pub fn push(&self, #[arg(0..4u8)] item: T) -> Result<(), T> { todo!() }
                #[single(consumer)]
                #[spurious(None)]
                pub fn pop(&self) -> Option<T> { todo!() }
                #[blocking]
                pub fn take_for(&self, name: &str, #[thread] me: usize) -> T { todo!() }
                #[skip]
                pub fn capacity(&self) -> usize { self.slots.len() }
                pub fn first(&self) -> &T { todo!() }
                #[invariant]
                fn in_bounds(&self) {}
            }
        },
        true
    ));
}

#[test]
fn what_is_refused_keeps_the_impl_and_loses_the_attributes() {
    let expansion = expand(
        quote!(threads = 7),
        quote!(
            impl Stack {
                #[single]
                pub fn push(&self, #[arg(0..3u8)] item: u8) {}
            }
        ),
        true,
    );
    for code in ["RP0051", "RP0052", "RP0053"] {
        assert!(expansion.contains(code), "{expansion}");
    }
    assert!(expansion.contains("pub fn push(&self, item: u8) {}"), "{expansion}");
    assert!(!expansion.contains("#[test]"), "{expansion}");
}

#[test]
fn tests_only_where_they_are_wanted() {
    let item = quote!(
        impl Stack {
            pub fn new() -> Self {
                Self
            }
            pub fn push(&self) {}
        }
    );
    assert_eq!(expand(quote!(spec = Vec<u8>), item.clone(), true).matches("#[test]").count(), 6);
    assert!(!expand(quote!(spec = Vec<u8>), item.clone(), false).contains("#[test]"));
    assert!(!expand(quote!(spec = Vec<u8>, tests = off), item, true).contains("#[test]"));
    let generic = expand(
        quote!(spec = Vec<T>),
        quote!(
            impl<T> Stack<T> {
                pub fn push(&self) {}
            }
        ),
        true,
    );
    assert!(generic.contains("race_tests!(Stack<u8>);"), "{generic}");
}

#[test]
fn garbage_never_panics() {
    let items = [
        quote!(
            impl<'a, T, const N: usize> Stack<'a, T, N> {
                #[spurious(Some(_) | None)]
                #[blocking]
                pub async unsafe fn f<'b>(&'b mut self, (a, b): (u8, Self), #[thread] c: &&usize) -> impl Fn() {
                    loop {}
                }
                #[invariant]
                #[single(a, b)]
                pub fn g(self: Arc<Self>) -> Option<Self> {
                    todo!()
                }
                type X = u8;
                mac!();
            }
        ),
        quote!(impl Trait for Stack { fn f(); }),
        quote!(
            impl [Stack] {
                pub fn f(&self, #[arg] #[thread] a: usize) {}
            }
        ),
        quote!(
            struct Stack;
        ),
    ];
    let options = [
        quote!(),
        quote!(spec),
        quote!(spec =),
        quote!(spec = Vec<u8>),
        quote!(spec = Vec<u8>, start = , threads),
        quote!(spec = [T; N], start = |x| x, threads = 2, tests = off),
        quote!(= = =),
        quote!(spec = u8 spec = u8),
    ];
    for options in options {
        for item in &items {
            let expansion = concurrent(options.clone(), item.clone(), &crates(true));
            syn::parse2::<syn::File>(expansion.clone()).unwrap_or_else(|error| panic!("{error}: {expansion}"));
        }
    }
}
