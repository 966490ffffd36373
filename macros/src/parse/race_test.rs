//! What stands in the parentheses of `#[race_test(...)]`, and the function below it.

use crate::codes;
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ItemFn, Lit, LitStr, ReturnType, Token, Type};

/// The engines, by the name in the attribute and by the variant of `raceproof_test::Rung`.
const ENGINES: [(&str, &str); 4] = [("loom", "Loom"), ("dpor", "Dpor"), ("shuttle", "Shuttle"), ("threads", "Threads")];

/// The keys that take a number: methods of `raceproof_test::RaceTest`.
const NUMBERS: [&str; 4] = ["preemptions", "executions", "budget", "seed"];

/// `#[race_test]`, read.
#[derive(Default)]
pub(crate) struct RaceTest {
    /// Variants of `Rung`; none for all.
    pub(crate) engines: Vec<Ident>,
    pub(crate) numbers: Vec<(Ident, Expr)>,
    pub(crate) strict: Option<Expr>,
    pub(crate) outcomes: Option<Vec<Expr>>,
    pub(crate) replays: Vec<LitStr>,
}

/// `key`, or `key = value`.
struct Pair {
    key: Ident,
    value: Option<Expr>,
}

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        let value = input.parse::<Option<Token![=]>>()?.map(|_| input.parse()).transpose()?;
        Ok(Self { key, value })
    }
}

impl RaceTest {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let pairs = match Punctuated::<Pair, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(pairs) => pairs,
            Err(error) => {
                errors.refuse_at(&codes::RACE_TEST_OPTION, error.span(), format!("this cannot be read ({error})"));
                return this;
            }
        };
        let mut seen: Vec<Ident> = Vec::new();
        for pair in pairs {
            if seen.contains(&pair.key) && pair.key != "replay" {
                errors.refuse(&codes::RACE_TEST_OPTION, &pair.key, format!("`{}` is given twice", pair.key));
                continue;
            }
            seen.push(pair.key.clone());
            this.option(pair, errors);
        }
        this
    }

    fn option(&mut self, Pair { key, value }: Pair, errors: &mut Errors) {
        let name = key.to_string();
        match (name.as_str(), value) {
            ("engines", Some(Expr::Array(list))) => {
                if list.elems.is_empty() {
                    errors.refuse(&codes::RACE_TEST_OPTION, &list, "without an engine nothing is explored");
                }
                for engine in list.elems {
                    let known = ENGINES
                        .iter()
                        .find(|(name, _)| matches!(&engine, Expr::Path(path) if path.path.is_ident(name)));
                    match known {
                        Some((_, variant)) => self.engines.push(Ident::new(variant, proc_macro2::Span::call_site())),
                        None => errors.refuse(
                            &codes::RACE_TEST_OPTION,
                            &engine,
                            "the engines are `loom`, `dpor`, `shuttle` and `threads`",
                        ),
                    }
                }
            }
            ("outcomes", Some(Expr::Array(list))) => {
                if list.elems.is_empty() {
                    errors.refuse(&codes::RACE_TEST_OPTION, &list, "a test that may return nothing cannot pass");
                }
                self.outcomes = Some(list.elems.into_iter().collect());
            }
            ("replay", Some(Expr::Lit(ExprLit { lit: Lit::Str(token), .. }))) => self.replays.push(token),
            ("strict", value) => self.strict = Some(value.unwrap_or_else(|| syn::parse_quote!(true))),
            (number, Some(value)) if NUMBERS.contains(&number) => self.numbers.push((key, value)),
            ("engines" | "outcomes", _) => {
                errors.refuse(&codes::RACE_TEST_OPTION, &key, format!("`{key}` takes a list: `{key} = [..]`"));
            }
            ("replay", _) => {
                errors.refuse(&codes::RACE_TEST_OPTION, &key, "`replay` takes a token: `replay = \"rp1~..\"`")
            }
            (number, None) if NUMBERS.contains(&number) => {
                errors.refuse(&codes::RACE_TEST_OPTION, &key, format!("`{key}` takes a number: `{key} = 3`"));
            }
            _ => errors.refuse(&codes::RACE_TEST_OPTION, &key, format!("`#[race_test]` has no option `{key}`")),
        }
    }

    /// Whether this function can be explored as it stands.
    pub(crate) fn check(&self, function: &ItemFn, errors: &mut Errors) {
        let signature = &function.sig;
        if !signature.inputs.is_empty() {
            errors.refuse(&codes::RACE_TEST_ITEM, &signature.inputs, "a race test takes no arguments");
        }
        if !signature.generics.params.is_empty() {
            errors.refuse(&codes::RACE_TEST_ITEM, &signature.generics, "a race test is not generic");
        }
        if let Some(word) = &signature.unsafety {
            errors.refuse(&codes::RACE_TEST_ITEM, word, "a race test is safe to call");
        }
        if let Some(word) = &signature.constness {
            errors.refuse(&codes::RACE_TEST_ITEM, word, "a race test runs threads, which a `const fn` cannot");
        }
        if let Some(abi) = &signature.abi {
            errors.refuse(&codes::RACE_TEST_ITEM, abi, "a race test is called from Rust alone");
        }
        for attribute in &function.attrs {
            if attribute.path().segments.last().is_some_and(|last| last.ident == "test") {
                errors.refuse(&codes::RACE_TEST_ITEM, attribute, "`#[race_test]` makes the test itself");
            }
        }
        if let (Some(_), ReturnType::Default) = (&self.outcomes, &signature.output) {
            errors.refuse(
                &codes::RACE_TEST_OUTCOMES,
                &signature.ident,
                format!("`{}` returns nothing, so it has no outcomes", signature.ident),
            );
        }
        if let ReturnType::Type(_, ty) = &signature.output
            && matches!(**ty, Type::ImplTrait(_) | Type::Never(_))
        {
            errors.refuse(&codes::RACE_TEST_OUTCOMES, ty, "a result is kept, compared and printed: name its type");
        }
    }
}
