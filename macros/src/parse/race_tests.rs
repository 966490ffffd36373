//! `race_tests!(Type)`, `race_tests!(Type = expression)`, then `, key = value`.

use crate::codes;
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Token, Type};

/// The keys that the explorer takes, as Rust expressions.
pub(crate) const KEYS: [&str; 4] = ["threads", "operations", "budget", "strict"];

pub(crate) struct RaceTests {
    pub(crate) ty: Type,
    pub(crate) construct: Option<Expr>,
    pub(crate) name: Option<Ident>,
    pub(crate) options: Vec<(Ident, Expr)>,
    unknown: Vec<(Ident, String)>,
}

impl Parse for RaceTests {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ty = input.parse()?;
        let construct = input.parse::<Option<Token![=]>>()?.map(|_| input.parse()).transpose()?;
        let mut this = Self { ty, construct, name: None, options: Vec::new(), unknown: Vec::new() };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            if key == "name" {
                this.name = Some(input.parse()?);
                continue;
            }
            let value = input.parse()?;
            if this.options.iter().any(|(before, _)| *before == key) {
                this.unknown.push((key.clone(), format!("`{key}` is given twice")));
            } else if KEYS.iter().any(|known| key == known) {
                this.options.push((key, value));
            } else {
                this.unknown.push((key.clone(), format!("`race_tests!` has no option `{key}`")));
            }
        }
        Ok(this)
    }
}

impl RaceTests {
    pub(crate) fn check(&self, errors: &mut Errors) {
        for (key, what) in &self.unknown {
            errors.refuse(&codes::RACE_TESTS, key, what);
        }
    }
}
