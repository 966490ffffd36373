//! A guarded struct's expansion: the hidden state, the wrapper that takes its place, and what binds them.

use super::{derives, race_tests, serde};
use crate::model::structure::{DeriveKind, Structure};
use crate::names::{self, Crates};
use crate::types;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, Visibility};

// #[doc(hidden)] pub struct __CounterState { value: u64 }
// /// The user's docs.
// pub struct Counter { put_derives_below_guarded: Hidden<Mutex, __CounterState> }
// const _: () = { .. };                    // `checks`, `bindings`, `constructor`, the derives, `explorable`
// #[cfg(test)] #[test] fn ..               // `race_tests`
pub(crate) fn structure(structure: &Structure, crates: &Crates) -> TokenStream {
    let state = state(structure);
    let wrapper = wrapper(structure, crates);
    let parts = [
        checks(structure, crates),
        bindings(structure, crates),
        constructor(structure, crates),
        (structure.strategy.items)(structure, crates),
        derives::derives(structure, crates),
        serde::serde(structure, crates),
        explorable(structure, crates),
    ];
    let cfgs = &structure.cfgs;
    let tests = race_tests::of_structure(structure, crates);
    quote! {
        #state
        #wrapper
        #(#cfgs)*
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, deprecated, unused_qualifications)]
        const _: () = {
            #(#parts)*
        };
        #tests
    }
}

// #[doc(hidden)] #[derive(Default)] pub struct __RegistryState<K, V> { map: HashMap<K, V> }
fn state(structure: &Structure) -> TokenStream {
    let definition = &structure.definition;
    let derives = structure.derives.iter().filter_map(|derive| {
        let path = &derive.path;
        // `Debug` is written by hand, with the user's name.
        let written = derive.kind == DeriveKind::Debug && matches!(definition.data, Data::Struct(_));
        let given = structure.strategy.copies_state && matches!(derive.kind, DeriveKind::Clone | DeriveKind::Copy);
        (!written && !given).then(|| match &derive.condition {
            Some(condition) => quote!(#[cfg_attr(#condition, derive(#path))]),
            None => quote!(#[derive(#path)]),
        })
    });
    let copies = structure.strategy.copies_state.then(|| quote!(#[derive(::core::clone::Clone, ::core::marker::Copy)]));
    let rename = serde::rename(structure);
    let stub = structure.stub.then(|| quote!(#[allow(dead_code)]));
    quote! {
        #[doc(hidden)]
        #(#derives)*
        #copies
        #rename
        #stub
        #[allow(unreachable_pub, missing_debug_implementations, missing_copy_implementations, clippy::exhaustive_structs)]
        #definition
    }
}

fn wrapper(structure: &Structure, crates: &Crates) -> TokenStream {
    let rp = crates.private();
    let Structure { cfgs, face, wrapper, state, .. } = structure;
    let (vis, generics) = (&structure.definition.vis, &structure.definition.generics);
    let (_, arguments, bounds) = generics.split_for_impl();
    let field = names::hidden_field();
    let strategy = marker(structure, &rp);
    let stub = structure.stub.then(|| quote!(#[allow(dead_code)]));
    quote! {
        #(#cfgs)*
        #(#face)*
        #stub
        #vis struct #wrapper #generics #bounds {
            #field: #rp::Hidden<#strategy, #state #arguments>,
        }
    }
}

/// `::raceproof::__private::Sharded<16>`.
fn marker(structure: &Structure, rp: &TokenStream) -> TokenStream {
    let marker = format_ident!("{}", structure.strategy.marker, span = structure.strategy_span);
    let arguments = (structure.strategy.arguments)(&structure.settings, rp);
    quote!(#rp::#marker #arguments)
}

// fn __fields<K, V>() { fn send<T: ?Sized + StateSend>() {} send::<Vec<u8>>(); .. }
//
// A field that mentions a type parameter is left to the auto traits: the wrapper is `Send` where the parameter is.
fn checks(structure: &Structure, crates: &Crates) -> TokenStream {
    let Data::Struct(data) = &structure.definition.data else { return TokenStream::new() };
    let rp = crates.private();
    let generics = &structure.definition.generics;
    let (declared, _, bounds) = generics.split_for_impl();
    let checks = data.fields.iter().filter(|field| !types::mentions_parameter(&field.ty, generics)).map(|field| {
        let ty = &field.ty;
        let cfgs = field.attrs.iter().filter(|a| a.path().is_ident("cfg"));
        let share = structure.strategy.shares_state.then(|| quote_spanned!(ty.span()=> share::<#ty>();));
        let send = quote_spanned!(ty.span()=> send::<#ty>(););
        quote!(#(#cfgs)* { #send #share })
    });
    let share =
        structure.strategy.shares_state.then(|| quote!(fn share<T: ?::core::marker::Sized + #rp::StateShare>() {}));
    quote! {
        #[allow(dead_code, clippy::extra_unused_lifetimes, clippy::extra_unused_type_parameters)]
        fn __fields #declared () #bounds {
            fn send<T: ?::core::marker::Sized + #rp::StateSend>() {}
            #share
            #(#checks)*
        }
    }
}

fn bindings(structure: &Structure, crates: &Crates) -> TokenStream {
    let (rp, raceproof) = (crates.private(), &crates.raceproof);
    let Structure { wrapper, state, .. } = structure;
    let (generics, arguments, bounds) = structure.definition.generics.split_for_impl();
    let (name, field, strategy) = (names::unraw(wrapper), names::hidden_field(), marker(structure, &rp));
    quote! {
        #[automatically_derived]
        impl #generics #rp::Named for #state #arguments #bounds {
            const NAME: &'static ::core::primitive::str = #name;
        }
        #[automatically_derived]
        impl #generics #rp::Guarded for #wrapper #arguments #bounds {
            type State = #state #arguments;
            type Strategy = #strategy;
        }
        #[automatically_derived]
        impl #generics #raceproof::Poison for #wrapper #arguments #bounds {
            fn is_poisoned(&self) -> ::core::primitive::bool {
                self.#field.is_poisoned()
            }
            fn clear_poison(&self) {
                self.#field.clear_poison();
            }
        }
    }
}

// impl Counter { const fn __raceproof_wrap<N>(state: __CounterState, recipe: Recipe<__CounterState, N>) -> Self { .. } }
//
// `N: Neutral` for a strategy that keeps the state in parts, unless a `Default` that needs no bounds is in sight.
fn constructor(structure: &Structure, crates: &Crates) -> TokenStream {
    let rp = crates.private();
    let Structure { wrapper, state, .. } = structure;
    let vis = &structure.definition.vis;
    let (generics, arguments, bounds) = structure.definition.generics.split_for_impl();
    let (wrap, field, strategy) = (names::wrap(), names::hidden_field(), marker(structure, &rp));
    let seed = (structure.strategy.seed)(structure, &rp);
    // An impl in a child module calls it too; a private type's constructor is as private as the type.
    let vis = if matches!(vis, Visibility::Inherited) { None } else { Some(vis) };
    let defaults = structure.derive(DeriveKind::Default).is_some_and(|derive| derive.condition.is_none())
        && structure.definition.generics.type_params().next().is_none();
    let needed = structure.strategy.in_parts;
    let bound = (needed && !defaults).then(|| quote!(: #rp::Neutral));
    let neutral =
        (needed && defaults).then(|| quote!(.with_neutral(<#state #arguments as ::core::default::Default>::default)));
    quote! {
        impl #generics #wrapper #arguments #bounds {
            #[doc(hidden)]
            #[inline]
            #[allow(dead_code, unreachable_pub)]
            #vis const fn #wrap<__N #bound>(
                state: #state #arguments,
                recipe: #rp::Recipe<#state #arguments, __N>,
            ) -> Self {
                Self { #field: #rp::Hidden::<#strategy, _>::new(#seed, recipe #neutral) }
            }
        }
    }
}

fn explorable(structure: &Structure, crates: &Crates) -> TokenStream {
    let raceproof = &crates.raceproof;
    let Structure { wrapper, state, .. } = structure;
    let (generics, arguments, bounds) = structure.definition.generics.split_for_impl();
    let field = names::hidden_field();
    quote! {
        #raceproof::__if_explore! {
            #[automatically_derived]
            impl #generics #raceproof::explore::subject::Explorable for #wrapper #arguments #bounds {
                fn into_state(self) -> #state #arguments {
                    self.#field.into_initial_state()
                }
                fn settle(&self) {
                    let _ = #raceproof::Poison::is_poisoned(self);
                }
            }
        }
    }
}
