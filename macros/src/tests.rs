//! The attributes as functions of tokens: golden expansions, refusals, and that nothing makes them panic.

mod incomplete;
mod random;

use crate::names::Crates;
use crate::{codes, expand_guarded, expand_race_test, expand_race_tests};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

fn crates(tester: bool) -> Crates {
    Crates { raceproof: quote!(::raceproof), serde: quote!(::serde), tester: tester.then(|| quote!(::raceproof_test)) }
}

/// The expansions of several items, as rustfmt would have them.
fn expand(items: &[(TokenStream, TokenStream)], tester: bool) -> String {
    let all: TokenStream =
        items.iter().map(|(options, item)| expand_guarded(options.clone(), item.clone(), &crates(tester))).collect();
    prettyplease::unparse(&syn::parse2(all).expect("an expansion is a list of items"))
}

#[test]
fn golden_counter_mutex() {
    insta::assert_snapshot!(expand(
        &[
            (
                quote!(),
                quote! {
                    /// Counts.
                    #[derive(Debug, Default)]
                    pub struct Counter { value: u64 }
                }
            ),
            (
                quote!(),
                quote! {
                    impl Counter {
                        pub const fn new() -> Self { Self { value: 0 } }
                        pub fn increment(&mut self) { self.value += 1; }
                        /// Adds.
                        pub fn add(&mut self, #[arg(0..8u64)] n: u64) { self.value = self.value.wrapping_add(n); }
                        #[cfg(unix)]
                        pub fn get(&self) -> u64 { self.value }
                        fn bump(&mut self) { self.increment() }
                    }
                }
            ),
        ],
        true
    ));
}

#[test]
fn golden_registry_rwlock() {
    insta::assert_snapshot!(expand(
        &[
            (
                quote!(rwlock),
                quote! {
                    #[derive(Clone)]
                    pub struct Registry<K, V = u8> where K: Eq { map: HashMap<K, V>, name: String }
                }
            ),
            (
                quote!(),
                quote! {
                    impl<K: Hash + Eq, V: Clone> Registry<K, V> {
                        pub fn insert(&mut self, key: K, value: V) -> Option<V> { self.map.insert(key, value) }
                        pub fn get(&self, key: &K) -> Option<V> { self.map.get(key).cloned() }
                        pub fn extend(&mut self, items: impl IntoIterator<Item = (K, V)>) { self.map.extend(items); }
                        pub fn parse<T: FromStr>(&self) -> Option<T> where V: AsRef<str> { None }
                        pub fn merge(&mut self, other: Self) { self.map.extend(other.map); }
                        pub fn try_new(name: &str) -> Result<Self, Error> { Err(Error) }
                        pub fn into_map(self) -> HashMap<K, V> { self.map }
                    }
                }
            ),
        ],
        true
    ));
}

#[test]
fn golden_word_atomic() {
    insta::assert_snapshot!(expand(
        &[(
            quote!(atomic, tests = off),
            quote!(
                struct Word(i32);
            )
        )],
        true
    ));
}

#[test]
fn golden_hits_sharded() {
    insta::assert_snapshot!(expand(
        &[
            (
                quote!(sharded, shards = 4, tests = off),
                quote! {
                    #[derive(Debug)]
                    struct Hits<K> { hits: HashMap<K, u64> }
                }
            ),
            (
                quote!(),
                quote! {
                    impl<K: Hash + Eq> Hits<K> {
                        pub fn new() -> Self { Self { hits: HashMap::new() } }
                        pub fn with_capacity(n: usize) -> Self { Self { hits: HashMap::with_capacity(n) } }
                        #[commutes]
                        pub fn hit(&mut self, #[key] key: K) { *self.hits.entry(key).or_insert(0) += 1; }
                        #[merge(sum)]
                        pub fn total(&self) -> u64 { self.hits.values().sum() }
                        #[merge(with = Self::longer)]
                        #[consistency(sequential)]
                        pub fn len(&self, least: usize) -> Option<usize> { Some(self.hits.len()) }
                        fn longer(a: Option<usize>, b: Option<usize>) -> Option<usize> { a.max(b) }
                    }
                }
            ),
        ],
        true
    ));
}

#[test]
fn golden_trait_impl() {
    insta::assert_snapshot!(expand(
        &[(
            quote!(),
            quote! {
                impl fmt::Display for Counter {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.value) }
                }
            }
        )],
        false
    ));
}

#[test]
fn golden_race_tests() {
    let all = expand_race_tests(
        quote!(Bank<u8> = Bank::with_accounts(3), threads = 3, strict = true),
        &quote!(::raceproof_test),
    );
    insta::assert_snapshot!(prettyplease::unparse(&syn::parse2(all).unwrap()));
}

#[test]
fn golden_race_test() {
    let tester = quote!(::raceproof_test);
    let expand =
        |options, item, tester| prettyplease::unparse(&syn::parse2(expand_race_test(options, item, tester)).unwrap());
    let free = quote! {
        /// Two accounts.
        #[expect(clippy::unit_arg)]
        fn transfer() -> u32 { 1 }
    };
    let options =
        quote!(engines = [loom, threads], preemptions = 3, budget = 2.0, strict, outcomes = [1, 2], replay = "rp1~x");
    let task = expand(
        quote!(),
        quote!(
            async fn task() {
                work().await
            }
        ),
        Some(&tester),
    );
    let without = expand(quote!(), free.clone(), None);
    insta::assert_snapshot!(format!("{}\n{task}\n{without}", expand(options, free, Some(&tester))));
}

#[test]
fn no_tests_without_the_dev_dependency_nor_where_they_are_off() {
    let plain = quote!(
        struct Counter {
            value: u64,
        }
    );
    assert!(!expand(&[(quote!(), plain.clone())], false).contains("#[test]"));
    assert!(!expand(&[(quote!(tests = off), plain.clone())], true).contains("#[test]"));
    assert_eq!(expand(&[(quote!(), plain)], true).matches("#[test]").count(), 6);
}

#[test]
fn a_generic_type_is_reminded_of() {
    let expansion = expand(
        &[(
            quote!(),
            quote!(
                struct Ring<T, const N: usize> {
                    items: [T; N],
                }
            ),
        )],
        true,
    );
    assert!(expansion.contains("race_tests!(Ring<u8, 2>);"), "{expansion}");
    assert_eq!(expansion.matches("#[ignore").count(), 1);
}

#[test]
fn codes_are_in_order_and_say_what_to_do() {
    let mut last = 0;
    for code in codes::ALL {
        let number: u32 = code.number.strip_prefix("RP").and_then(|digits| digits.parse().ok()).unwrap_or_default();
        assert!(code.number.len() == 6 && number > last, "{} does not come after RP{last:04}", code.number);
        last = number;
        assert!(!code.title.is_empty() && code.help.len() > 20 && code.why.len() > 20, "{}", code.number);
    }
}

/// The page of the codes is made of the table; `UPDATE_CODES=1` writes it anew.
#[test]
fn the_page_of_the_codes_is_current() {
    let mut text =
        "# What the attributes refuse\n\nMade from `src/codes.rs`. Each code has a page, with a program that shows it; \
        `cargo race explain RP0001` prints it.\n\n| code | refused | write instead |\n|---|---|---|\n"
            .to_owned();
    for code in codes::ALL {
        let page = format!("../compile-fail/pages/codes/{}.md", code.number);
        text.push_str(&format!("| [{}]({page}) | {} | {} |\n", code.number, code.title, code.help));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("CODES.md");
    if std::env::var_os("UPDATE_CODES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "CODES.md is stale: run the tests once with UPDATE_CODES=1");
}

#[test]
fn every_code_has_a_case_in_the_gallery() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../compile-fail/macro-cases");
    // Published on its own, the package has no gallery beside it.
    let Ok(cases) = std::fs::read_dir(folder) else { return };
    let cases: Vec<String> = cases.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    for code in codes::ALL {
        // One that rustc says through a trait's own words has its code in second place: `e0277_rp0008_not_send`.
        let part = format!("{}_", code.number.to_lowercase());
        assert!(cases.iter().any(|name| name.contains(&part) && name.ends_with(".rs")), "no case for {}", code.number);
    }
}

/// A small random generator: the tests need the same sequence everywhere, not a good one.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn token(&mut self, depth: usize) -> TokenTree {
        const WORDS: &[&str] = &[
            "mutex", "rwlock", "atomic", "tests", "off", "block", "pub", "fn", "self", "Self", "struct", "impl", "for",
            "mut", "const", "async", "unsafe", "dyn", "where", "Counter", "Fn", "u64", "derive", "arg", "cfg", "crate",
            "as", "ref",
        ];
        match self.below(6) {
            0 | 1 => TokenTree::Ident(Ident::new(WORDS[self.below(WORDS.len())], Span::call_site())),
            2 => TokenTree::Literal(
                [Literal::u64_suffixed(7), Literal::usize_unsuffixed(2), Literal::string("x")][self.below(3)].clone(),
            ),
            3 if depth > 0 => {
                let delimiter = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket][self.below(3)];
                TokenTree::Group(Group::new(delimiter, self.tokens(depth - 1)))
            }
            _ => TokenTree::Punct(Punct::new(
                ['=', ',', '&', '<', '>', '#', ':', ';', '-', '+', '\''][self.below(10)],
                Spacing::Alone,
            )),
        }
    }

    fn tokens(&mut self, depth: usize) -> TokenStream {
        (0..self.below(8)).map(|_| self.token(depth)).collect()
    }
}

#[test]
fn garbage_never_panics() {
    let items = [
        quote!(
            #[derive(Debug, Hash)]
            pub struct Counter<'a, T: Ord = u8, const N: usize = 1> {
                pub value: &'a [T; N],
            }
        ),
        quote!(
            pub struct Unit;
        ),
        quote!(
            enum E {
                A(u8),
                B { c: u8 },
            }
        ),
        quote!(
            impl<'a, T, const N: usize> Counter<'a, T, N> {
                pub async unsafe fn f<'b, F: FnMut(&T) -> &T>(
                    &'b mut self,
                    (a, b): (F, Self),
                    #[arg] c: &&Self,
                ) -> impl Fn() + use<'b> {
                    loop {}
                }
                pub fn g(self: &&Self) -> &'b Option<Result<Self, Vec<Self>>> {
                    todo!()
                }
                pub const C: Self = 1;
                mac!();
            }
        ),
        quote!(impl !Send for Counter {}),
        quote!(impl Trait<Self> for [Counter] { type A = Self::B; fn f(); }),
    ];
    let mut random = Random(42);
    for _ in 0..3_000 {
        let options = random.tokens(2);
        let item = match random.below(items.len() + 2) {
            i if i < items.len() => items[i].clone(),
            _ => random.tokens(3),
        };
        // An expansion is a list of items, whatever came in, as long as what came in was one.
        let expansion = expand_guarded(options, item.clone(), &crates(random.below(2) == 0));
        if syn::parse2::<syn::Item>(item).is_ok() {
            syn::parse2::<syn::File>(expansion.clone()).unwrap_or_else(|error| panic!("{error}: {expansion}"));
        }
        expand_race_tests(random.tokens(2), &quote!(::raceproof_test));
        expand_race_test(random.tokens(2), random.tokens(3), Some(&quote!(::raceproof_test)));
    }
}
