//! `Serialize` and `Deserialize` below the attribute.

use super::derives::conditional;
use crate::model::structure::{DeriveKind, Structure};
use crate::names::{self, Crates};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, parse_quote};

/// `#[serde(rename = "Counter")]` on the state, for formats that write the struct's name.
pub(super) fn rename(structure: &Structure) -> Option<TokenStream> {
    let derive = structure.derive(DeriveKind::Serialize).or_else(|| structure.derive(DeriveKind::Deserialize))?;
    let renamed = structure.definition.attrs.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("serde") {
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("rename");
                let _: Option<TokenStream> =
                    meta.value().ok().and_then(|value| value.parse::<syn::Expr>().ok()).map(|_| quote!());
                Ok(())
            });
        }
        found
    });
    let name = names::unraw(&structure.wrapper);
    (!renamed).then(|| match &derive.condition {
        Some(condition) => quote!(#[cfg_attr(#condition, serde(rename = #name))]),
        None => quote!(#[serde(rename = #name)]),
    })
}

pub(super) fn serde(structure: &Structure, crates: &Crates) -> TokenStream {
    let save = structure.derive(DeriveKind::Serialize).map(|derive| conditional(derive, &serialize(structure, crates)));
    let load =
        structure.derive(DeriveKind::Deserialize).map(|derive| conditional(derive, &deserialize(structure, crates)));
    quote!(#save #load)
}

/// serde's own derive infers bounds from its field attributes, so the bound is the state's impl, whatever it asks.
fn bounded(structure: &Structure, generics: &Generics, bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    if structure.definition.generics.type_params().next().is_some() {
        let state = &structure.state;
        let (_, arguments, _) = structure.definition.generics.split_for_impl();
        generics.make_where_clause().predicates.push(parse_quote!(#state #arguments: #bound));
    }
    generics
}

// struct __Save<S>(S);                                      // an operation: one critical section
// impl Serialize for Counter { .. self.hidden.call(__Save(serializer)) }
fn serialize(structure: &Structure, crates: &Crates) -> TokenStream {
    let (rp, serde) = (crates.private(), &crates.serde);
    let Structure { wrapper, state, .. } = structure;
    let field = names::hidden_field();
    let plain = bounded(structure, &structure.definition.generics, &quote!(#serde::Serialize));
    let (generics, _, bounds) = plain.split_for_impl();
    let (_, arguments, _) = structure.definition.generics.split_for_impl();
    let mut with_serializer = plain.clone();
    with_serializer.params.push(parse_quote!(__S: #serde::Serializer));
    let (op_generics, _, _) = with_serializer.split_for_impl();
    quote! {
        struct __Save<__S>(__S);
        impl #op_generics #rp::Op<#state #arguments> for __Save<__S> #bounds {
            type Out = ::core::result::Result<__S::Ok, __S::Error>;
            type Access = #rp::Shared;
            type Mode = #rp::Visit;
            type Route = #rp::Unrouted;
            const NAME: &'static ::core::primitive::str = "serialize";
            fn run(self, state: &mut #state #arguments) -> ::core::result::Result<__S::Ok, __S::Error> {
                #serde::Serialize::serialize(state, self.0)
            }
        }
        impl #op_generics #rp::ReadOp<#state #arguments> for __Save<__S> #bounds {
            fn read(self, state: &#state #arguments) -> ::core::result::Result<__S::Ok, __S::Error> {
                #serde::Serialize::serialize(state, self.0)
            }
        }
        #[automatically_derived]
        impl #generics #serde::Serialize for #wrapper #arguments #bounds {
            fn serialize<__S: #serde::Serializer>(&self, serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                self.#field.call(__Save(serializer))
            }
        }
    }
}

// impl<'de> Deserialize<'de> for Counter { .. wrap(<__CounterState as Deserialize<'de>>::deserialize(deserializer)?, Recipe::once()) }
fn deserialize(structure: &Structure, crates: &Crates) -> TokenStream {
    let (rp, serde) = (crates.private(), &crates.serde);
    let Structure { wrapper, state, .. } = structure;
    let wrap = names::wrap();
    let (_, arguments, _) = structure.definition.generics.split_for_impl();
    let mut with_input = structure.definition.generics.clone();
    with_input.params.insert(0, parse_quote!('__de));
    let borrowed: Vec<_> =
        structure.definition.generics.lifetimes().map(|parameter| parameter.lifetime.clone()).collect();
    for lifetime in borrowed {
        with_input.make_where_clause().predicates.push(parse_quote!('__de: #lifetime));
    }
    let with_input = bounded(structure, &with_input, &quote!(#serde::Deserialize<'__de>));
    let (generics, _, bounds) = with_input.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #serde::Deserialize<'__de> for #wrapper #arguments #bounds {
            fn deserialize<__D: #serde::Deserializer<'__de>>(deserializer: __D) -> ::core::result::Result<Self, __D::Error> {
                let state = <#state #arguments as #serde::Deserialize<'__de>>::deserialize(deserializer)?;
                ::core::result::Result::Ok(Self::#wrap(state, #rp::Recipe::once()))
            }
        }
    }
}
