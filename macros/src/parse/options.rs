//! What stands in the parentheses of `#[guarded(...)]`.

use crate::codes;
use crate::errors::Errors;
use crate::strategy::{self, Setting, Settings, Strategy, Takes};
use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, Meta, MetaNameValue, Token};

/// Options of the attribute on a struct.
pub(crate) struct StructOptions {
    pub(crate) strategy: &'static Strategy,
    /// Where the strategy is written, for errors about it.
    pub(crate) strategy_span: Span,
    /// The strategy's own options, those that it has and with values that it takes.
    pub(crate) settings: Settings,
    pub(crate) tests: bool,
}

/// Options of the attribute on an impl.
#[derive(Default)]
pub(crate) struct ImplOptions {
    /// The user's own number for this block, and where it stands.
    pub(crate) block: Option<(usize, Span)>,
}

fn metas(tokens: TokenStream, errors: &mut Errors) -> Vec<Meta> {
    match Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens.clone()) {
        Ok(all) => all.into_iter().collect(),
        Err(error) => {
            // rustc's word for what it expected helps nobody here; the tokens do.
            let at = if tokens.is_empty() { error.to_compile_error() } else { tokens };
            errors.refuse(&codes::OPTION, at, "these options cannot be read");
            Vec::new()
        }
    }
}

pub(crate) fn of_struct(tokens: TokenStream, errors: &mut Errors) -> StructOptions {
    let mut options = StructOptions {
        strategy: strategy::default(),
        strategy_span: Span::call_site(),
        settings: Settings::default(),
        tests: true,
    };
    let mut chosen = None::<String>;
    let mut unknown = false;
    // The strategy's options may stand before it.
    let mut given = Vec::new();
    for meta in metas(tokens, errors) {
        match &meta {
            Meta::NameValue(pair) if pair.path.is_ident("tests") => match &pair.value {
                Expr::Path(value) if value.path.is_ident("off") => options.tests = false,
                Expr::Path(value) if value.path.is_ident("on") => options.tests = true,
                value => errors.refuse(&codes::OPTION, value, "`tests` is `off` or `on`"),
            },
            Meta::Path(path) if path.get_ident().is_some() => {
                let name = path.get_ident().map(crate::names::unraw).unwrap_or_default();
                if let Some(before) = &chosen {
                    errors.refuse(
                        &codes::OPTION,
                        path,
                        format!("two strategies, `{before}` and `{name}`: a type has one"),
                    );
                    continue;
                }
                match strategy::find(&name) {
                    Some(strategy) => {
                        options.strategy = strategy;
                        options.strategy_span = path.segments[0].ident.span();
                    }
                    None => {
                        unknown = true;
                        errors.refuse(
                            &codes::STRATEGY,
                            path,
                            format!("there is no strategy `{name}`; there are {}", strategy::names()),
                        );
                    }
                }
                chosen = Some(name);
            }
            Meta::NameValue(pair) if pair.path.get_ident().is_some() => given.push(pair.clone()),
            other => errors.refuse(&codes::OPTION, other, "`#[guarded]` on a struct has no such option"),
        }
    }
    // Of a strategy that does not exist nobody can say which options it has.
    if !unknown {
        options.settings = settings(&given, options.strategy, errors);
    }
    options
}

/// The options of this strategy among those that are given.
fn settings(given: &[MetaNameValue], strategy: &'static Strategy, errors: &mut Errors) -> Settings {
    let mut settings = Settings::default();
    for pair in given {
        let name = pair.path.get_ident().map(crate::names::unraw).unwrap_or_default();
        let Some((known, takes)) = strategy.options.iter().find(|(known, _)| *known == name) else {
            let what = match strategy.options {
                [] => format!("the strategy `{}` has no option `{name}`, nor any other", strategy.name),
                some => {
                    let some: Vec<_> = some.iter().map(|(name, takes)| format!("`{name} = {takes}`")).collect();
                    format!("the strategy `{}` has no option `{name}`; it has {}", strategy.name, some.join(", "))
                }
            };
            errors.refuse(&codes::OPTION, pair, what);
            continue;
        };
        if settings.has(known) {
            errors.refuse(&codes::OPTION, pair, format!("`{known}` is given twice"));
            continue;
        }
        match setting(&pair.value, takes) {
            Some(value) => settings.put(known, value),
            None => errors.refuse(&codes::OPTION, &pair.value, format!("`{known}` is {takes}")),
        }
    }
    for (option, other, why) in strategy.excludes {
        if settings.is(option.0, option.1)
            && settings.is(other.0, other.1)
            && let Some(pair) = given.iter().find(|pair| pair.path.is_ident(option.0))
        {
            let what = format!("`{} = {}` does not go with `{} = {}`: {why}", option.0, option.1, other.0, other.1);
            errors.refuse(&codes::OPTION, pair, what);
            return Settings::default();
        }
    }
    settings
}

fn setting(value: &Expr, takes: &Takes) -> Option<Setting> {
    match value {
        Expr::Path(path) => {
            let name = crate::names::unraw(path.path.get_ident()?);
            takes.words.iter().find(|word| **word == name).map(|word| Setting::Word(word))
        }
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            let number = number.base10_parse::<usize>().ok()?;
            takes.numbers.as_ref()?.contains(&number).then_some(Setting::Number(number))
        }
        _ => None,
    }
}

pub(crate) fn of_impl(tokens: TokenStream, errors: &mut Errors) -> ImplOptions {
    let mut options = ImplOptions::default();
    for meta in metas(tokens, errors) {
        match &meta {
            Meta::NameValue(pair) if pair.path.is_ident("block") => {
                let number = match &pair.value {
                    Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse::<usize>().ok(),
                    _ => None,
                };
                match number {
                    Some(number) if number < 4 => {
                        options.block = Some((number, syn::spanned::Spanned::span(&pair.value)))
                    }
                    _ => errors.refuse(&codes::OPTION, &pair.value, "`block` is a number from 0 to 3"),
                }
            }
            Meta::Path(path)
                if path.get_ident().is_some_and(|name| strategy::find(&crate::names::unraw(name)).is_some()) =>
            {
                errors.refuse(&codes::STRATEGY_ON_IMPL, path, "the strategy belongs to the struct");
            }
            other => errors.refuse(&codes::OPTION, other, "`#[guarded]` on an impl has no such option"),
        }
    }
    options
}
