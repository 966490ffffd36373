//! `striped`: the state's one unsigned field, in a stripe a thread.

use super::Strategy;
use crate::codes;
use crate::errors::Errors;
use crate::model::structure::Structure;
use crate::names::Crates;
use crate::types;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, Field, Index, Member, Type};

pub(super) const STRIPED: Strategy =
    Strategy { name: "striped", marker: "Striped", copies_state: true, check, seed, items, ..super::lock::MUTEX };

/// What the tokens alone show. A name may stand for anything: rustc asks the trait `Unsigned` about it.
fn check(structure: &Structure, errors: &mut Errors) {
    let Data::Struct(data) = &structure.definition.data else { return };
    if data.fields.len() != 1 {
        let what = match data.fields.len() {
            0 => "a state without a field has nothing to count".to_owned(),
            n => format!("a state of {n} fields cannot be counted in stripes, which hold one number"),
        };
        errors.refuse(&codes::CANNOT_HOLD, &structure.definition.ident, what);
        return;
    }
    for field in &data.fields {
        let certainly_not = match types::bare(&field.ty) {
            Type::Path(path) => {
                let last = path.path.segments.last();
                let parameter = types::mentions_parameter(&field.ty, &structure.definition.generics);
                let known =
                    ["f32", "f64", "u128", "i8", "i16", "i32", "i64", "i128", "isize", "bool", "char", "String"];
                parameter
                    || last
                        .is_some_and(|last| !last.arguments.is_empty() || known.iter().any(|name| last.ident == name))
            }
            Type::Macro(_) => false,
            _ => true,
        };
        if certainly_not {
            errors.refuse(&codes::CANNOT_HOLD, &field.ty, "stripes count in an unsigned integer of at most 64 bits");
        }
    }
}

fn field(structure: &Structure) -> Option<(Member, &Field)> {
    let Data::Struct(data) = &structure.definition.data else { return None };
    let field = data.fields.iter().next()?;
    let member = field.ident.clone().map_or(Member::Unnamed(Index::from(0)), Member::Named);
    Some((member, field))
}

fn seed(structure: &Structure, _: &TokenStream) -> TokenStream {
    match field(structure) {
        // A cast, since no trait method can be called in a `const fn`; `Unsigned` says that it loses nothing.
        Some((member, field)) => {
            let state = quote!(state);
            let word = quote_spanned!(field.ty.span()=> #state.#member as u64);
            quote!(#word)
        }
        None => quote!(0),
    }
}

// impl Word for __HitsState {
//     fn to_word(self) -> u64 { Integer::to_word(self.value) }
//     fn from_word(word: u64) -> Self { Self { value: Integer::from_word(word) } }
// }
// impl Stripes for __HitsState { const TOP: u64 = <u64 as Unsigned>::TOP; }
fn items(structure: &Structure, crates: &Crates) -> TokenStream {
    let Some((member, field)) = field(structure) else { return TokenStream::new() };
    let rp = crates.private();
    let (state, cfgs, ty) = (&structure.state, &structure.cfgs, &field.ty);
    let (generics, arguments, bounds) = structure.definition.generics.split_for_impl();
    let integer = quote_spanned!(ty.span()=> <#ty as #rp::Integer>);
    let unsigned = quote_spanned!(ty.span()=> <#ty as #rp::Unsigned>);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #rp::Word for #state #arguments #bounds {
            #[inline]
            fn to_word(self) -> u64 {
                #integer::to_word(self.#member)
            }
            #[inline]
            fn from_word(word: u64) -> Self {
                Self { #member: #integer::from_word(word) }
            }
        }
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #rp::Stripes for #state #arguments #bounds {
            const TOP: u64 = #unsigned::TOP;
        }
    }
}
