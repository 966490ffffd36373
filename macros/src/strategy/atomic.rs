//! `atomic`: the state's fields side by side in a word.

use super::Strategy;
use crate::codes;
use crate::errors::Errors;
use crate::model::structure::Structure;
use crate::names::Crates;
use crate::types;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, Field, Index, Member, Type};

pub(super) const ATOMIC: Strategy =
    Strategy { name: "atomic", marker: "Atomic", copies_state: true, check, seed, items, ..super::lock::MUTEX };

/// What the tokens alone show. A name may stand for anything: rustc asks the trait `Pack` about it.
fn check(structure: &Structure, errors: &mut Errors) {
    let Data::Struct(data) = &structure.definition.data else { return };
    if data.fields.is_empty() {
        let what = "a state without a field needs no word";
        errors.refuse(&codes::CANNOT_HOLD, &structure.definition.ident, what);
        return;
    }
    let mut bits = 0;
    // A field under a condition may not be there: rustc asks about those that are.
    for field in data.fields.iter().filter(|field| !field.attrs.iter().any(|a| a.path().is_ident("cfg"))) {
        bits += known_width(&field.ty);
        let certainly_not = match types::bare(&field.ty) {
            Type::Path(path) => {
                let last = path.path.segments.last();
                let parameter = types::mentions_parameter(&field.ty, &structure.definition.generics);
                let known = ["f32", "f64", "u128", "i128", "String"];
                parameter
                    || last
                        .is_some_and(|last| !last.arguments.is_empty() || known.iter().any(|name| last.ident == name))
            }
            Type::Macro(_) => false,
            _ => true,
        };
        if certainly_not {
            errors.refuse(&codes::CANNOT_HOLD, &field.ty, "this does not fit one atomic word");
        }
    }
    if bits > 64 {
        let what = format!("these fields take {bits} bits together, and a word has 64");
        errors.refuse(&codes::CANNOT_HOLD, &structure.wrapper, what);
    }
}

/// How many bits a field takes, where its type's name says so and is not hidden by another of that name.
fn known_width(ty: &Type) -> u32 {
    let Type::Path(path) = types::bare(ty) else { return 0 };
    let Some(name) = path.path.get_ident() else { return 0 };
    match name.to_string().as_str() {
        "bool" => 1,
        "u8" | "i8" => 8,
        "u16" | "i16" => 16,
        "char" => 21,
        "u32" | "i32" => 32,
        "u64" | "i64" => 64,
        _ => 0,
    }
}

fn fields(structure: &Structure) -> impl Iterator<Item = (Member, &Field, Vec<&Attribute>)> {
    let fields = match &structure.definition.data {
        Data::Struct(data) => Some(data.fields.iter()),
        _ => None,
    };
    fields.into_iter().flatten().enumerate().map(|(i, field)| {
        let member = field.ident.clone().map_or(Member::Unnamed(Index::from(i)), Member::Named);
        (member, field, field.attrs.iter().filter(|a| a.path().is_ident("cfg")).collect())
    })
}

// { let packer = Packer::new(); let packer = packer.put(state.value as u64, <u64 as Pack>::BITS); packer.finish() }
//
// A cast, since no trait method can be called in a `const fn`; `Pack` says that it loses nothing.
fn seed(structure: &Structure, rp: &TokenStream) -> TokenStream {
    let puts = fields(structure).map(|(member, field, cfgs)| {
        let ty = &field.ty;
        // At the type, where a cast that does not exist is to be reported; but `state` is the seed's.
        let value = quote!(state.#member);
        let bits = quote_spanned!(ty.span()=> { let value = #value; value as ::core::primitive::u64 });
        let width = quote_spanned!(ty.span()=> <#ty as #rp::Pack>::BITS);
        quote!(#(#cfgs)* let packer = packer.put(#bits, #width);)
    });
    quote!({ let packer = #rp::Packer::new(); #(#puts)* packer.finish() })
}

// impl Packed for __CounterState {
//     const BITS: u32 = { let mut bits = 0; { bits += <u64 as Pack>::BITS; } bits };
//     const ONLY: Option<Kind> = Some(<u64 as Pack>::KIND);                   // of one field
//     fn pack(self) -> Packer { let packer = Packer::new(); .. }
//     fn unpack(mut word: Unpacker) -> Self { Self { value: <u64 as Pack>::from_bits(word.take(<u64 as Pack>::BITS)) } }
// }
fn items(structure: &Structure, crates: &Crates) -> TokenStream {
    let rp = crates.private();
    let (state, cfgs) = (&structure.state, &structure.cfgs);
    let (generics, arguments, bounds) = structure.definition.generics.split_for_impl();
    let mut widths = Vec::new();
    let mut puts = Vec::new();
    let mut takes = Vec::new();
    let mut only = Vec::new();
    for (member, field, cfgs) in fields(structure) {
        let ty = &field.ty;
        let pack = quote_spanned!(ty.span()=> <#ty as #rp::Pack>);
        widths.push(quote!(#(#cfgs)* { bits += #pack::BITS; }));
        puts.push(quote!(#(#cfgs)* let packer = packer.put(#pack::to_bits(self.#member), #pack::BITS);));
        takes.push(quote!(#(#cfgs)* #member: #pack::from_bits(word.take(#pack::BITS)),));
        only.push((pack, cfgs.is_empty()));
    }
    // A field that may not be there is not alone for certain.
    let only = match &*only {
        [(pack, true)] => quote!(::core::option::Option::Some(#pack::KIND)),
        _ => quote!(::core::option::Option::None),
    };
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #rp::Packed for #state #arguments #bounds {
            const BITS: ::core::primitive::u32 = {
                let mut bits = 0;
                #(#widths)*
                ::core::assert!(bits <= 64, "RP0007: the fields take more than the 64 bits of a word");
                bits
            };
            const ONLY: ::core::option::Option<#rp::Kind> = #only;
            #[inline]
            fn pack(self) -> #rp::Packer {
                let packer = #rp::Packer::new();
                #(#puts)*
                packer
            }
            #[inline]
            #[allow(unused_mut)]
            fn unpack(mut word: #rp::Unpacker) -> Self {
                Self { #(#takes)* }
            }
        }
    }
}
