//! While somebody types: the item does not parse, and the expansion still has what can be read of it.
//!
//! The tokens of an editor are always balanced, so an unclosed brace comes as a closed one.

use super::crates;
use crate::expand_guarded;
use proc_macro2::TokenStream;
use quote::quote;

/// The expansion of tokens that are no item, as text without spaces. `refused`: how much of it was left out.
fn unfinished(item: &str, refused: usize) -> String {
    let item: TokenStream = item.parse().expect("balanced tokens");
    assert!(syn::parse2::<syn::Item>(item.clone()).is_err(), "this parses: {item}");
    let expansion = expand_guarded(quote!(), item, &crates(true)).to_string();
    assert_eq!(expansion.matches("RP0034: this cannot be read").count(), refused, "{expansion}");
    expansion.replace([' ', '\n'], "")
}

#[test]
fn a_body_that_is_being_typed_is_carried_over_and_its_neighbours_expand() {
    let expansion = unfinished(
        "impl Counter {
            pub fn new() -> Self { Self { value: 0 } }
            pub fn increment(&mut self) { self.value += 1; }
            pub fn f(&mut self, n: u64) { self. }
            pub fn get(&self) -> u64 { self.value }
        }",
        0,
    );
    for part in [
        // On the state: the body as it stands, where `self` has the fields.
        "pubfnf(&mutself,n:u64){self.}",
        "pubfnincrement(&mutself){self.value+=1;}",
        // On the wrapper: all of the methods.
        "pubfnincrement(&self){self.put",
        "pubfnf(&self,n:u64){self.put",
        "pubfnget(&self)->u64",
        "pubfnnew()->Self",
    ] {
        assert!(expansion.contains(part), "{part} is missing in {expansion}");
    }
}

#[test]
fn half_statements_of_many_kinds() {
    for body in [
        "self.value.",
        "let x = ",
        "let",
        "if self.value > { }",
        "match self.value { 0 => }",
        "self.value += ; 1",
        "for x in { }",
        "foo(self.",
        "|x| ",
        "Self { value: }",
    ] {
        // A parenthesis that is open is closed by the editor too.
        let body = if body.ends_with("(self.") { format!("{body})") } else { body.to_owned() };
        let expansion = unfinished(
            &format!("impl Counter {{ pub fn f(&mut self) {{ {body} }} pub fn get(&self) -> u64 {{ self.value }} }}"),
            0,
        );
        assert!(expansion.contains("pubfnget(&self)->u64"), "{body}: {expansion}");
        assert!(expansion.contains(&format!("{{{}}}", body.replace(' ', ""))), "{body}: {expansion}");
    }
}

#[test]
fn a_head_that_is_being_typed_leaves_that_member_out() {
    for head in
        ["pub", "pub fn", "pub fn g", "pub fn g(&self", "pub fn g(&self, n:) {}", "pub fn g() -> {}", "const N:"]
    {
        let head =
            if head.matches('(').count() > head.matches(')').count() { format!("{head})") } else { head.to_owned() };
        let expansion = unfinished(&format!("impl Counter {{ pub fn get(&self) -> u64 {{ self.value }} {head} }}"), 1);
        assert!(expansion.contains("pubfnget(&self)->u64"), "{head}: {expansion}");
        assert!(!expansion.contains("fng("), "{head}: {expansion}");
    }
}

#[test]
fn a_head_that_is_being_typed_leaves_the_member_below_it() {
    for head in ["pub", "pub fn", "pub fn g", "pub(crate)", "#[inline]\n pub fn g", "const N:", "pub fn g(&self) ->"] {
        let expansion = unfinished(
            &format!(
                "impl Counter {{
                    pub fn add(&mut self) {{ self.value += 1; }}
                    {head}
                    /// What it is.
                    pub fn get(&self) -> u64 {{ self. }}
                    pub fn last(&self) -> u64 {{ 1 }}
                }}"
            ),
            1,
        );
        for part in ["pubfnadd(&self)", "Whatitis.", "pubfnget(&self)->u64", "{self.}", "pubfnlast(&self)->u64"] {
            assert!(expansion.contains(part), "{head}: {part} is missing in {expansion}");
        }
        assert!(!expansion.contains("fng("), "{head}: {expansion}");
    }
}

#[test]
fn a_field_that_is_being_typed_leaves_the_others() {
    for field in ["b:", "b", "b: Vec<", "pub", "b: fn(u8) -> ", "b: HashMap<u8, >"] {
        let text = format!("pub struct S {{ a: HashMap<u8, Vec<u8>>, f: fn(u8) -> u8, {field} }}");
        let Ok(tokens) = text.parse::<TokenStream>() else { panic!("{text}") };
        if syn::parse2::<syn::Item>(tokens).is_ok() {
            continue;
        }
        let expansion = unfinished(&text, 1);
        assert!(expansion.contains("struct__SState{a:HashMap<u8,Vec<u8>>,f:fn(u8)->u8"), "{field}: {expansion}");
        assert!(expansion.contains("pubstructS{"), "{field}: {expansion}");
    }
}

#[test]
fn what_has_no_head_comes_back_as_it_is() {
    for item in ["impl", "struct", "pub", "impl Counter", "struct S(u8, )) ", "enum E { A, "] {
        let item = match item {
            "struct S(u8, )) " => "struct S(u8 u8);",
            "enum E { A, " => "enum E { A B }",
            other => other,
        };
        let expansion = unfinished(item, 1);
        assert!(expansion.ends_with(&item.replace(' ', "")), "{expansion}");
    }
}

#[test]
fn a_race_test_that_is_being_typed_is_a_function_already() {
    let item: TokenStream = "fn transfer() -> u32 { let bank = Bank::new(); bank. }".parse().unwrap();
    let expansion = crate::expand_race_test(quote!(), item, Some(&quote!(::raceproof_test))).to_string();
    assert!(!expansion.contains("RP00"), "{expansion}");
    assert!(expansion.replace([' ', '\n'], "").contains("letbank=Bank::new();bank."), "{expansion}");
}

#[test]
fn an_option_that_is_being_typed_leaves_the_body_of_the_race_test() {
    for option in [quote!(out), quote!(outcomes =), quote!(outcomes = []), quote!(engines = [lo])] {
        let expand = |item: &str| {
            let item: TokenStream = item.parse().unwrap();
            let expansion = crate::expand_race_test(option.clone(), item, Some(&quote!(::raceproof_test)));
            expansion.to_string().replace([' ', '\n'], "")
        };
        let expansion = expand("async fn transfer() -> u32 { bank().await.total() }");
        assert!(expansion.contains("RP0070"), "{option}: {expansion}");
        assert!(expansion.contains("asyncfntransfer()->u32{bank().await.total()}"), "{option}: {expansion}");
        // What is no test in any case says so once: its body would be a second error.
        let expansion = expand("fn transfer(&self) -> u32 { self.total() }");
        assert!(expansion.contains("fntransfer(){}"), "{option}: {expansion}");
    }
}
