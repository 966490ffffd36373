//! The derives below the attribute: each on the state, and mapped to the wrapper in one critical section.

use crate::model::structure::{Derive, DeriveKind, Structure};
use crate::names::{self, Crates};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, Fields, Generics, Index, Member, Path, parse_quote};

pub(super) fn derives(structure: &Structure, crates: &Crates) -> TokenStream {
    let map = |kind, expand: fn(&Structure, &Crates) -> TokenStream| {
        structure.derive(kind).map(|derive| conditional(derive, &expand(structure, crates)))
    };
    let all = [map(DeriveKind::Debug, debug), map(DeriveKind::Default, default), map(DeriveKind::Clone, clone)];
    quote!(#(#all)*)
}

/// The items, under the predicate of the `cfg_attr` that the derive stood in.
pub(super) fn conditional(derive: &Derive, items: &TokenStream) -> TokenStream {
    match &derive.condition {
        Some(condition) => quote!(#[cfg(#condition)] const _: () = { #items };),
        None => quote!(const _: () = { #items };),
    }
}

/// The generics with a bound on each type parameter, as the derives of the language have it.
fn bounded(structure: &Structure, bound: &Path) -> Generics {
    let mut generics = structure.definition.generics.clone();
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let clause = generics.make_where_clause();
    for parameter in parameters {
        clause.predicates.push(parse_quote!(#parameter: #bound));
    }
    generics
}

// impl Debug for __CounterState { .. }                      // with the user's name
// struct __Show<'a, 'b>(&'a mut Formatter<'b>);             // an operation: one critical section
// impl Debug for Counter { .. self.hidden.call(__Show(f)) }
fn debug(structure: &Structure, crates: &Crates) -> TokenStream {
    let (rp, raceproof) = (crates.private(), &crates.raceproof);
    let Structure { wrapper, state, .. } = structure;
    let bounded = bounded(structure, &parse_quote!(::core::fmt::Debug));
    let (generics, arguments, bounds) = bounded.split_for_impl();
    let (name, field) = (names::unraw(wrapper), names::hidden_field());
    let poisoned = format!("{name} {{ <poisoned> }}");
    if structure.strategy.shows_text {
        return debug_text(structure, crates);
    }
    let on_state = debug_state(structure, &name, &bounded);
    quote! {
        #on_state
        struct __Show<'__a, '__b>(&'__a mut ::core::fmt::Formatter<'__b>);
        impl #generics #rp::Op<#state #arguments> for __Show<'_, '_> #bounds {
            type Out = ::core::fmt::Result;
            type Access = #rp::Shared;
            type Mode = #rp::Wait;
            type Route = #rp::Unrouted;
            const NAME: &'static ::core::primitive::str = "fmt";
            fn run(self, state: &mut #state #arguments) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(state, self.0)
            }
        }
        impl #generics #rp::ReadOp<#state #arguments> for __Show<'_, '_> #bounds {
            fn read(self, state: &#state #arguments) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(state, self.0)
            }
        }
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #wrapper #arguments #bounds {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                if #raceproof::Poison::is_poisoned(self) {
                    return f.write_str(#poisoned);
                }
                self.#field.call(__Show(f))
            }
        }
    }
}

// struct __Show(bool);                                       // whether `{:#?}`
// impl Op for __Show { type Out = String; .. }  impl Fold for __Show { .. }
// impl Debug for Counter { .. f.write_str(&self.hidden.call(__Show(f.alternate()))) }
fn debug_text(structure: &Structure, crates: &Crates) -> TokenStream {
    let (rp, raceproof) = (crates.private(), &crates.raceproof);
    let Structure { wrapper, state, .. } = structure;
    let bounded = bounded(structure, &parse_quote!(::core::fmt::Debug));
    let (generics, arguments, bounds) = bounded.split_for_impl();
    let (name, field) = (names::unraw(wrapper), names::hidden_field());
    let poisoned = format!("{name} {{ <poisoned> }}");
    let on_state = debug_state(structure, &name, &bounded);
    quote! {
        #on_state
        struct __Show(::core::primitive::bool);
        impl #rp::Again for __Show {
            fn again(&self) -> Self {
                Self(self.0)
            }
        }
        impl #generics #rp::Op<#state #arguments> for __Show #bounds {
            type Out = ::std::string::String;
            type Access = #rp::Shared;
            type Mode = #rp::Wait;
            type Route = #rp::Whole;
            const NAME: &'static ::core::primitive::str = "fmt";
            fn run(self, state: &mut #state #arguments) -> ::std::string::String {
                #rp::ReadOp::read(self, state)
            }
        }
        impl #generics #rp::ReadOp<#state #arguments> for __Show #bounds {
            fn read(self, state: &#state #arguments) -> ::std::string::String {
                if self.0 { ::std::format!("{state:#?}") } else { ::std::format!("{state:?}") }
            }
        }
        impl #generics #rp::Fold<#state #arguments> for __Show #bounds {
            fn fold(first: ::std::string::String, next: ::std::string::String) -> ::std::string::String {
                ::std::format!("{first} | {next}")
            }
        }
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #wrapper #arguments #bounds {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                if #raceproof::Poison::is_poisoned(self) {
                    return f.write_str(#poisoned);
                }
                let text = self.#field.call(__Show(f.alternate()));
                f.write_str(&text)
            }
        }
    }
}

// impl Debug for __CounterState { .. }
fn debug_state(structure: &Structure, name: &str, bounded: &Generics) -> TokenStream {
    let Data::Struct(data) = &structure.definition.data else { return TokenStream::new() };
    let state = &structure.state;
    let (generics, arguments, bounds) = bounded.split_for_impl();
    let body = debug_fields(name, &data.fields);
    quote! {
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #state #arguments #bounds {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        }
    }
}

fn debug_fields(name: &str, fields: &Fields) -> TokenStream {
    let start = match fields {
        Fields::Named(_) => quote!(debug_struct),
        Fields::Unnamed(_) => quote!(debug_tuple),
        Fields::Unit => return quote!(f.write_str(#name)),
    };
    let each = fields.iter().enumerate().map(|(i, field)| {
        let cfgs = field.attrs.iter().filter(|a| a.path().is_ident("cfg"));
        let call = match &field.ident {
            Some(ident) => {
                let label = names::unraw(ident);
                quote!(out.field(#label, &self.#ident);)
            }
            None => {
                let member = Member::Unnamed(Index::from(i));
                quote!(out.field(&self.#member);)
            }
        };
        quote!(#(#cfgs)* { #call })
    });
    quote! {
        let mut out = f.#start(#name);
        #(#each)*
        out.finish()
    }
}

// impl Default for Counter { fn default() -> Self { Self::__raceproof_wrap(Default::default(), Recipe::again(Default::default)) } }
fn default(structure: &Structure, crates: &Crates) -> TokenStream {
    let rp = crates.private();
    let Structure { wrapper, state, .. } = structure;
    let bounded = bounded(structure, &parse_quote!(::core::default::Default));
    let (generics, arguments, bounds) = bounded.split_for_impl();
    let wrap = names::wrap();
    quote! {
        #[automatically_derived]
        impl #generics ::core::default::Default for #wrapper #arguments #bounds {
            fn default() -> Self {
                Self::#wrap(
                    <#state #arguments as ::core::default::Default>::default(),
                    #rp::Recipe::again(<#state #arguments as ::core::default::Default>::default),
                )
            }
        }
    }
}

// impl Clone for Counter { fn clone(&self) -> Self { Self::__raceproof_wrap(self.hidden.call(__Copy), Recipe::once()) } }
fn clone(structure: &Structure, crates: &Crates) -> TokenStream {
    let rp = crates.private();
    let Structure { wrapper, state, .. } = structure;
    let bounded = bounded(structure, &parse_quote!(::core::clone::Clone));
    let (generics, arguments, bounds) = bounded.split_for_impl();
    let (wrap, field) = (names::wrap(), names::hidden_field());
    quote! {
        struct __Copy;
        impl #generics #rp::Op<#state #arguments> for __Copy #bounds {
            type Out = #state #arguments;
            type Access = #rp::Shared;
            type Mode = #rp::Wait;
            type Route = #rp::Unrouted;
            const NAME: &'static ::core::primitive::str = "clone";
            fn run(self, state: &mut #state #arguments) -> #state #arguments {
                ::core::clone::Clone::clone(state)
            }
        }
        impl #generics #rp::ReadOp<#state #arguments> for __Copy #bounds {
            fn read(self, state: &#state #arguments) -> #state #arguments {
                ::core::clone::Clone::clone(state)
            }
        }
        #[automatically_derived]
        impl #generics ::core::clone::Clone for #wrapper #arguments #bounds {
            fn clone(&self) -> Self {
                Self::#wrap(self.#field.call(__Copy), #rp::Recipe::once())
            }
        }
    }
}
