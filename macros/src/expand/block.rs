//! A guarded impl's expansion: the user's methods on the state, and the same as critical sections on the wrapper.

use super::{explore, operation, wrapper};
use crate::model::block::{Block, Member};
use crate::names::{self, Crates};
use crate::types::{Own, Static};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Path, Type, TypePath};

/// What all parts of the expansion name.
pub(crate) struct Context<'a> {
    pub(crate) block: &'a Block,
    pub(crate) crates: &'a Crates,
    /// `::raceproof::__private`.
    pub(crate) rp: TokenStream,
    /// `__State<K, V>`, the state under the name that this expansion gives it.
    pub(crate) state: Type,
    /// That name alone.
    pub(crate) state_name: Ident,
    /// The trait, as the state sees it.
    pub(crate) trait_: Option<Path>,
}

impl Context<'_> {
    /// Puts the state where the user wrote `Self` or the type's name.
    pub(crate) fn own(&self) -> Own<'_> {
        Own { own: &self.block.own, name: &self.state_name, this: &self.state, trait_: self.trait_.as_ref() }
    }

    /// The same type for the state.
    pub(crate) fn on_state(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        self.own().visit_type_mut(&mut ty);
        ty
    }

    /// `<__State<K, V>>` or `<__State<K, V> as Trait>`: what a method's name follows.
    pub(crate) fn callee(&self) -> TokenStream {
        let state = &self.state;
        match &self.trait_ {
            Some(trait_) => quote!(<#state as #trait_>),
            None => quote!(<#state>),
        }
    }

    /// Puts `'static` where a lifetime of the impl stands.
    pub(crate) fn forever(&self) -> Static {
        Static::of(&self.block.generics)
    }
}

// const _: () = {
//     use __CounterState as Counter;                       // in the user's text, the name means the plain state
//     impl Counter { .. }                                  // the user's text
// };
// const _: () = {
//     use __CounterState as __State;
//     struct __OpAdd<A0> { a0: A0 }  impl Op<__State> for __OpAdd<u64> { .. }        // `operation`
//     impl Counter { pub fn add(&self, n: u64) -> u64 { self.hidden.call(__OpAdd { a0: n }) } }    // `wrapper`
//     ::raceproof::__if_explore! { .. }                    // `explore`
// };
pub(crate) fn block(block: &Block, crates: &Crates) -> TokenStream {
    // At the type's name: where the hidden state is not found, both imports then say so once.
    let state_name = format_ident!("__State", span = block.own.span());
    let mut state = block.self_ty.clone();
    keep_last(&mut state);
    if let Some(last) = state.path.segments.last_mut() {
        last.ident = state_name.clone();
    }
    let state = Type::Path(state);
    let mut trait_ = block.trait_.clone();
    if let Some(path) = &mut trait_ {
        Own { own: &block.own, name: &state_name, this: &state, trait_: None }.visit_path_mut(path);
    }
    let context = Context { block, crates, rp: crates.private(), state, state_name, trait_ };

    let is_drop = context.trait_.as_ref().is_some_and(|path| path.is_ident("Drop"));
    let marker =
        block.elsewhere && block.trait_.is_some() || context.trait_.is_some() && block.members.is_empty() && block.stub;
    let plain = if marker { TokenStream::new() } else { on_state(&context) };
    // The state is dropped with the wrapper.
    let guarded = if is_drop || marker { TokenStream::new() } else { on_wrapper(&context) };
    quote!(#plain #guarded)
}

fn keep_last(path: &mut TypePath) {
    let last = path.path.segments.last().cloned();
    path.path.leading_colon = None;
    path.path.segments = last.into_iter().collect();
}

/// `use super::__CounterState as name;`
fn import(block: &Block, name: &Ident) -> TokenStream {
    let state = names::state(&block.own);
    let colon = &block.self_ty.path.leading_colon;
    let count = block.self_ty.path.segments.len();
    let before = block.self_ty.path.segments.iter().take(count.saturating_sub(1)).map(|segment| &segment.ident);
    quote!(#[allow(unused_imports)] use #colon #(#before::)* #state as #name;)
}

fn is_doc(attribute: &&Attribute) -> bool {
    attribute.path().is_ident("doc")
}

fn on_state(context: &Context<'_>) -> TokenStream {
    let block = context.block;
    if block.elsewhere {
        return TokenStream::new();
    }
    let import = import(block, &block.own);
    let (generics, _, bounds) = block.generics.split_for_impl();
    let mut self_ty = block.self_ty.clone();
    keep_last(&mut self_ty);
    let head = block.trait_.as_ref().map(|path| quote!(#path for));
    let attrs = block.attrs.iter().filter(|a| !is_doc(a));
    let members = block.members.iter().map(|member| match member {
        Member::Method(method) => {
            let source = &method.source;
            quote!(#source)
        }
        // A constant may be of use to the wrapper's callers alone.
        Member::Const(constant) => quote!(#[allow(dead_code)] #constant),
        Member::Type(ty) => quote!(#ty),
    });
    let stub = block.stub.then(|| quote!(dead_code, unused_variables,));
    let cfgs = &block.cfgs;
    quote! {
        #(#cfgs)*
        const _: () = {
            #import
            #(#attrs)*
            #[allow(missing_docs, unreachable_pub, #stub)]
            impl #generics #head #self_ty #bounds {
                #(#members)*
            }
        };
    }
}

fn on_wrapper(context: &Context<'_>) -> TokenStream {
    let block = context.block;
    let import = (!block.elsewhere).then(|| import(block, &context.state_name));
    let (generics, _, bounds) = block.generics.split_for_impl();
    let self_ty = &block.self_ty;
    let head = block.trait_.as_ref().map(|path| quote!(#path for));
    let docs = block.attrs.iter().filter(is_doc);
    let operations =
        block.exposed().filter(|method| method.is_operation()).map(|method| operation::operation(method, context));
    let members = block.members.iter().filter_map(|member| match member {
        Member::Method(method) => wrapper::method(method, context),
        Member::Const(_) if block.elsewhere => None,
        Member::Const(constant) => Some(wrapper::constant(constant, context)),
        Member::Type(ty) => Some(quote!(#ty)),
    });
    let explore = if block.stub { TokenStream::new() } else { explore::explore(context) };
    let stub = block.stub.then(|| quote!(dead_code, unused_variables, unreachable_code,));
    let cfgs = &block.cfgs;
    quote! {
        #(#cfgs)*
        #[allow(
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,
            deprecated, elided_lifetimes_in_paths, non_camel_case_types, unreachable_pub, unused_qualifications, unused_lifetimes, #stub
        )]
        const _: () = {
            #import
            #(#operations)*
            #(#docs)*
            impl #generics #head #self_ty #bounds {
                #(#members)*
            }
            #explore
        };
    }
}
