//! From a struct's tokens to its model.

use super::attributes;
use super::options::StructOptions;
use super::source::Facts;
use crate::codes;
use crate::errors::Errors;
use crate::model::structure::{Derive, DeriveKind, Structure};
use crate::{names, types};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, DeriveInput, Meta, Path, Token, parse_quote};

pub(crate) fn structure(
    mut item: DeriveInput,
    options: &StructOptions,
    facts: Option<Facts>,
    errors: &mut Errors,
) -> Structure {
    let wrapper = item.ident.clone();
    let state = names::state(&wrapper);
    let cfgs = attributes::cfgs(&item.attrs);
    let derives = take_derives(&mut item.attrs, errors);
    let face = item.attrs.iter().filter(|a| attributes::is_public_face(a) || attributes::is_lint(a)).cloned().collect();
    item.attrs.retain(|a| !attributes::is_public_face(a));

    // In the state's own fields the type's name means the plain state, as in its methods.
    let (_, arguments, _) = item.generics.split_for_impl();
    let this = parse_quote!(#state #arguments);
    types::Own { own: &wrapper, name: &state, this: &this, trait_: None }.visit_data_mut(&mut item.data);
    item.ident = state.clone();

    let builder = facts.as_ref().and_then(|facts| facts.builder.clone());
    let buildable =
        derives.iter().any(|derive| derive.kind == DeriveKind::Default) || facts.is_none_or(|facts| facts.constructor);
    Structure {
        cfgs,
        face,
        derives,
        definition: item,
        wrapper,
        state,
        strategy: options.strategy,
        strategy_span: options.strategy_span,
        settings: options.settings.clone(),
        tests: options.tests,
        buildable,
        builder,
        stub: false,
    }
}

/// Takes `#[derive(..)]` and the derives in `#[cfg_attr(.., derive(..))]` out of the attributes.
fn take_derives(all: &mut Vec<Attribute>, errors: &mut Errors) -> Vec<Derive> {
    let mut derives = Vec::new();
    let mut kept = Vec::new();
    for attribute in all.drain(..) {
        let Meta::List(list) = &attribute.meta else {
            kept.push(attribute);
            continue;
        };
        if list.path.is_ident("derive") {
            read(&attribute.meta, None, &mut derives, errors);
            continue;
        }
        let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        match metas {
            Ok(metas)
                if list.path.is_ident("cfg_attr")
                    && metas.iter().skip(1).any(|meta| meta.path().is_ident("derive")) =>
            {
                let Some(predicate) = metas.first() else { continue };
                let (some, others): (Vec<_>, Vec<_>) =
                    metas.iter().skip(1).partition(|meta| meta.path().is_ident("derive"));
                for meta in some {
                    read(meta, Some(predicate.to_token_stream()), &mut derives, errors);
                }
                if !others.is_empty() {
                    kept.push(parse_quote!(#[cfg_attr(#predicate, #(#others),*)]));
                }
            }
            _ => kept.push(attribute),
        }
    }
    *all = kept;
    derives
}

fn read(meta: &Meta, condition: Option<TokenStream>, derives: &mut Vec<Derive>, errors: &mut Errors) {
    let Meta::List(list) = meta else { return };
    // What cannot be read here, rustc refuses by itself in the plain derive.
    let Ok(paths) = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else { return };
    for path in paths {
        let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        match DeriveKind::of(&name) {
            Some(kind) if derives.iter().any(|derive| derive.kind == kind) => {}
            Some(kind) => derives.push(Derive { kind, path, condition: condition.clone() }),
            None if ["PartialEq", "Eq", "PartialOrd", "Ord", "Hash"].contains(&name.as_str()) => {
                let what = if name == "Hash" {
                    "`Hash` would read the state by reference, and it changes: a key in a map must not".to_owned()
                } else {
                    format!(
                        "`{name}` would lock two objects at once, and two threads comparing the other way round would wait for each other"
                    )
                };
                errors.refuse(&codes::DERIVE_TWO, &path, what);
            }
            None => errors.refuse(
                &codes::DERIVE_UNKNOWN,
                &path,
                format!(
                    "`#[derive({})]` is not known here: it would be put on the hidden state",
                    quote!(#path).to_string().replace(' ', "")
                ),
            ),
        }
    }
}
