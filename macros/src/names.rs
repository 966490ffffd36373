//! Names that both attributes must agree on, without seeing each other.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The hidden field's name. rustc lists it where a derive *above* the attribute looks for the user's fields.
pub(crate) fn hidden_field() -> Ident {
    format_ident!("put_derives_below_guarded")
}

/// `__CounterState` for `Counter`.
pub(crate) fn state(wrapper: &Ident) -> Ident {
    format_ident!("__{}State", unraw(wrapper), span = wrapper.span())
}

/// The constructor that both attributes know.
pub(crate) fn wrap() -> Ident {
    format_ident!("__raceproof_wrap")
}

/// An identifier's text without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}

/// `HTTPServer2` to `http_server2`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (i, &letter) in letters.iter().enumerate() {
        let after_lower = i > 0 && !letters[i - 1].is_uppercase() && letters[i - 1] != '_';
        let before_lower = i > 0 && letters[i - 1] != '_' && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || before_lower) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// `try_add` to `TryAdd`.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
            out.extend(letters);
        }
    }
    out
}

/// `Op` and `try_add` to `__OpTryAdd`: a type's name made of a method's, another one for each method. (`a_b` and `ab` would
/// be told apart by capitals alone, and `a__b` not at all: names that do not survive the way back stay as they are.)
pub(crate) fn type_of(prefix: &str, method: &Ident) -> Ident {
    let name = unraw(method);
    let camel = camel(&name);
    if snake(&camel) == name { format_ident!("__{prefix}{camel}") } else { format_ident!("__{prefix}_{name}") }
}

/// How the expansion names the crates.
pub(crate) struct Crates {
    /// `::raceproof`.
    pub(crate) raceproof: TokenStream,
    /// `::serde`.
    pub(crate) serde: TokenStream,
    /// `::raceproof_test`, where the crate being compiled has it among its dev-dependencies.
    pub(crate) tester: Option<TokenStream>,
}

impl Crates {
    /// As the crate being compiled names them.
    pub(crate) fn find() -> Self {
        Self {
            raceproof: crate::parse::manifest::path_of("raceproof"),
            serde: crate::parse::manifest::path_of("serde"),
            tester: crate::parse::manifest::dev_dependency("raceproof-test"),
        }
    }

    /// `::raceproof::__private`.
    pub(crate) fn private(&self) -> TokenStream {
        let raceproof = &self.raceproof;
        quote!(#raceproof::__private)
    }
}

#[cfg(test)]
mod tests {
    use super::{camel, snake, type_of};

    #[test]
    fn cases() {
        assert_eq!(snake("Counter"), "counter");
        assert_eq!(snake("HTTPServer2"), "http_server2");
        assert_eq!(snake("PageHits"), "page_hits");
        assert_eq!(snake("lower"), "lower");
        assert_eq!(camel("try_add"), "TryAdd");
        assert_eq!(camel("_x"), "X");
    }

    #[test]
    fn every_method_has_a_type_of_its_own() {
        let name = |method: &str| type_of("Op", &quote::format_ident!("{method}")).to_string();
        assert_eq!(name("try_add"), "__OpTryAdd");
        let all = ["a_b", "ab", "aB", "a__b", "_a_b", "_ab", "get2", "get_2", "A"].map(name);
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }
}
