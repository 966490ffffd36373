//! The attributes by which a method says how it may be carried: `#[key]`, `#[merge(..)]`, `#[consistency(..)]`,
//! `#[commutes]`; and with which types a generic one is explored, `#[explored(Q = K)]`.
//!
//! They are read under every strategy, and mean nothing to one that has no use for them: the impl does not know its
//! strategy.

use crate::codes::{self, Code};
use crate::errors::Errors;
use crate::model::block::{Consistency, Kind, MERGES, Merge};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Meta, Path, Type};

/// Those of a method.
#[derive(Default)]
pub(super) struct Routing {
    pub(super) merge: Option<Merge>,
    pub(super) consistency: Consistency,
    pub(super) commutes: Option<TokenStream>,
    pub(super) explored: Vec<(Ident, Type)>,
}

/// The names that [`take`] and [`take_key`] look for.
pub(super) const ON_METHOD: [&str; 4] = ["merge", "consistency", "commutes", "explored"];
pub(super) const ON_PARAMETER: &str = "key";

/// Takes them off a method.
pub(super) fn take(all: &mut Vec<Attribute>, kind: Kind, errors: &mut Errors) -> Routing {
    let mut routing = Routing::default();
    let mut seen = Vec::new();
    all.retain(|attribute| {
        let Some(name) = ON_METHOD.into_iter().find(|name| attribute.path().is_ident(name)) else { return true };
        let code = match name {
            "merge" => &codes::MERGE,
            "consistency" => &codes::CONSISTENCY,
            "commutes" => &codes::COMMUTES,
            _ => &codes::OPTION,
        };
        if seen.contains(&name) {
            errors.refuse(code, attribute, format!("`#[{name}]` stands here twice"));
            return false;
        }
        seen.push(name);
        if !is_operation(kind, code, attribute, errors) {
            return false;
        }
        match name {
            "merge" => routing.merge = merge(attribute, errors),
            "consistency" => routing.consistency = consistency(attribute, kind, errors),
            "explored" => routing.explored = explored(attribute, errors),
            _ => {
                if !matches!(attribute.meta, Meta::Path(_)) {
                    errors.refuse(code, attribute, "`#[commutes]` takes nothing");
                }
                routing.commutes = Some(attribute.to_token_stream());
            }
        }
        false
    });
    routing
}

fn is_operation(kind: Kind, code: &Code, attribute: &Attribute, errors: &mut Errors) -> bool {
    let what = match kind {
        Kind::Shared | Kind::Exclusive => return true,
        Kind::Private => "a private method runs inside another one's critical section",
        Kind::Consuming => "a method that consumes the object has it to itself",
        Kind::Associated => "this function works on no object",
    };
    errors.refuse(code, attribute, what);
    false
}

fn merge(attribute: &Attribute, errors: &mut Errors) -> Option<Merge> {
    let Meta::List(list) = &attribute.meta else {
        errors.refuse(&codes::MERGE, attribute, "this does not say how two results become one");
        return None;
    };
    if let Ok(name) = list.parse_args::<Ident>() {
        if MERGES.iter().any(|known| name == known) {
            return Some(Merge::Named(name));
        }
        errors.refuse(&codes::MERGE, &name, format!("there is no fold `{name}`"));
        return None;
    }
    match list.parse_args::<syn::MetaNameValue>() {
        // A closure would do as well, and its types would be left to guess.
        Ok(pair) if pair.path.is_ident("with") && matches!(pair.value, Expr::Path(_) | Expr::Closure(_)) => {
            Some(Merge::With(Box::new(pair.value)))
        }
        _ => {
            errors.refuse(&codes::MERGE, &list.tokens, "this does not say how two results become one");
            None
        }
    }
}

fn consistency(attribute: &Attribute, kind: Kind, errors: &mut Errors) -> Consistency {
    let level = attribute.parse_args::<Path>().ok().and_then(|path| {
        let levels = [
            ("linearizable", Consistency::Linearizable),
            ("sequential", Consistency::Sequential),
            ("quiescent", Consistency::Quiescent),
        ];
        levels.into_iter().find(|(name, _)| path.is_ident(name)).map(|(_, level)| level)
    });
    match level {
        Some(level) if level != Consistency::Linearizable && kind == Kind::Exclusive => {
            errors.refuse(&codes::CONSISTENCY, attribute, "this method changes the state");
            Consistency::Linearizable
        }
        Some(level) => level,
        None => {
            errors.refuse(&codes::CONSISTENCY, attribute, "this is no level of consistency");
            Consistency::Linearizable
        }
    }
}

/// `Q = K`: the generated tests call the method with `K` for its parameter `Q`.
fn explored(attribute: &Attribute, errors: &mut Errors) -> Vec<(Ident, Type)> {
    let pair = |input: syn::parse::ParseStream<'_>| {
        let parameter = input.parse()?;
        input.parse::<syn::Token![=]>()?;
        Ok((parameter, input.parse()?))
    };
    let pairs = |input: syn::parse::ParseStream<'_>| {
        Punctuated::<(Ident, Type), syn::Token![,]>::parse_terminated_with(input, pair)
    };
    match attribute.parse_args_with(pairs) {
        Ok(pairs) if !pairs.is_empty() => pairs.into_iter().collect(),
        _ => {
            let what = "`#[explored(Q = K)]` gives each type parameter of the method the type that it is explored with";
            errors.refuse(&codes::OPTION, attribute, what);
            Vec::new()
        }
    }
}

/// Takes `#[key]` off a parameter.
pub(super) fn take_key(all: &mut Vec<Attribute>, kind: Kind, before: bool, errors: &mut Errors) -> Option<TokenStream> {
    let mut key = None;
    all.retain(|attribute| {
        if !attribute.path().is_ident(ON_PARAMETER) {
            return true;
        }
        if !matches!(attribute.meta, Meta::Path(_)) {
            errors.refuse(&codes::KEY, attribute, "`#[key]` takes nothing");
            // It is a key all the same: one mistake is one error.
            key = Some(attribute.to_token_stream());
        } else if before || key.is_some() {
            errors.refuse(
                &codes::KEY,
                attribute,
                "a second key: the method would work on two parts of the state at once",
            );
        } else if is_operation(kind, &codes::KEY, attribute, errors) {
            key = Some(attribute.to_token_stream());
        }
        false
    });
    key
}
