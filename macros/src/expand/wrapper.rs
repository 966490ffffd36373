//! The wrapper's side of each member: `&self` in place of `&mut self`, and one critical section in place of the body.

use super::block::Context;
use super::operation;
use crate::model::block::{Kind, Method, Wraps};
use crate::names;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, ImplItemConst, ReturnType, Signature, Type, parse_quote_spanned};

// #[inline] #[track_caller] pub fn add(&self, n: u64) -> u64 { self.hidden.call(__OpAdd { a0: n }) }
pub(super) fn method(method: &Method, context: &Context<'_>) -> Option<TokenStream> {
    let body = match method.kind {
        Kind::Private => return None,
        _ if method.refused => stub(method, context),
        Kind::Shared | Kind::Exclusive => wrapped(method, &call(method), context),
        Kind::Consuming => wrapped(method, &consume(method, context), context),
        Kind::Associated => associated(method, context),
    };
    let (face, vis, cfgs) = (&method.face, &method.vis, &method.cfgs);
    let sig = signature(method, context);
    let has = |name: &str| method.face.iter().any(|attribute| attribute.path().is_ident(name));
    let inline = (!has("inline") && !has("cold")).then(|| quote!(#[inline]));
    // A failure is reported where the user's code calls the method. Traits decide that for their own methods.
    let track = (!has("track_caller")
        && context.trait_.is_none()
        && method.sig.asyncness.is_none()
        && method.sig.abi.is_none())
    .then(|| quote!(#[track_caller]));
    Some(quote! {
        #(#cfgs)*
        #(#face)*
        #inline
        #track
        #vis #sig {
            #body
        }
    })
}

/// The user's signature, with a shared receiver and a plain name for each parameter.
fn signature(method: &Method, context: &Context<'_>) -> Signature {
    let mut sig = method.sig.clone();
    let span = sig.ident.span();
    let mut arguments = method.arguments.iter();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => match &*receiver.ty {
                // A trait has fixed its receivers.
                Type::Reference(reference) if context.trait_.is_none() && receiver.colon_token.is_none() => {
                    let lifetime = &reference.lifetime;
                    *receiver = parse_quote_spanned!(span=> &#lifetime self);
                }
                Type::Reference(reference) if receiver.colon_token.is_none() => {
                    let (lifetime, mutability) = (&reference.lifetime, &reference.mutability);
                    *receiver = parse_quote_spanned!(span=> &#lifetime #mutability self);
                }
                Type::Reference(_) if context.trait_.is_none() && !method.refused => {
                    *receiver = parse_quote_spanned!(span=> &self);
                }
                Type::Path(path) if path.path.is_ident("Self") => *receiver = parse_quote_spanned!(span=> self),
                _ => receiver.mutability = None,
            },
            FnArg::Typed(typed) => {
                if let Some(argument) = arguments.next() {
                    let (name, ty) = (&argument.name, &argument.ty);
                    *input = parse_quote_spanned!(span=> #name: #ty);
                } else {
                    typed.attrs.clear();
                }
            }
        }
    }
    sig
}

/// Spanned at the method's name: there a strategy that cannot carry the operation is reported.
fn call(method: &Method) -> TokenStream {
    let span = method.sig.ident.span();
    let (mut op, mut hidden) = (operation::name(method), names::hidden_field());
    op.set_span(span);
    hidden.set_span(span);
    // An argument that the strategy cannot carry is shown where the parameter stands.
    let fields = method.arguments.iter().enumerate().map(|(i, argument)| {
        let mut field = operation::field(i);
        field.set_span(argument.name.span());
        field
    });
    let values = arguments(method);
    let generics = operation::carrier(method)
        .map(|carrier| quote!(generics: { let generics: #carrier = ::core::marker::PhantomData; generics },));
    let operation = quote_spanned!(span=> #op { #(#fields: #values,)* #generics });
    quote_spanned!(span=> self.#hidden.call(#operation))
}

/// The arguments, a wrapper's state in place of the wrapper.
fn arguments(method: &Method) -> Vec<TokenStream> {
    let hidden = names::hidden_field();
    let value = |name: &Ident, own: bool| if own { quote!(#name.#hidden.into_state()) } else { quote!(#name) };
    method.arguments.iter().map(|argument| value(&argument.name, argument.own)).collect()
}

// <__State>::into_inner(self.hidden.into_state(), ..)
fn consume(method: &Method, context: &Context<'_>) -> TokenStream {
    let (callee, mut hidden, ident) = (context.callee(), names::hidden_field(), &method.sig.ident);
    hidden.set_span(ident.span());
    let (turbofish, values) = (operation::turbofish(&method.sig.generics), arguments(method));
    let receiver = quote_spanned!(ident.span()=> self.#hidden.into_state());
    quote!(#callee::#ident #turbofish(#receiver #(, #values)*))
}

// Self::__raceproof_wrap(<__State>::new(), Recipe::again(<__State>::new as fn() -> __State))
fn associated(method: &Method, context: &Context<'_>) -> TokenStream {
    let (callee, ident) = (context.callee(), &method.sig.ident);
    let (turbofish, values) = (operation::turbofish(&method.sig.generics), arguments(method));
    let made = quote!(#callee::#ident #turbofish(#(#values),*));
    if let (true, Wraps::Plain(ty)) = (method.is_plain_constructor(), &method.wraps) {
        let (wrap, made_ty, rp) = (names::wrap(), context.on_state(ty), &context.rp);
        return quote! {
            <#ty>::#wrap(#made, #rp::Recipe::again(#callee::#ident as fn() -> #made_ty))
        };
    }
    wrapped(method, &made, context)
}

/// The recipe of an object that is made in a way that cannot be repeated: `Recipe::beside(..)`, where this impl has a
/// constructor that makes a neutral state, or `Recipe::once()`.
fn unrepeatable(at: &Ident, context: &Context<'_>) -> TokenStream {
    let (rp, callee, state) = (&context.rp, context.callee(), &context.state);
    match context.block.neutral() {
        Some(neutral) => {
            let ident = &neutral.sig.ident;
            quote!(#rp::Recipe::beside(#callee::#ident as fn() -> #state))
        }
        // At the method's name: there a strategy that needs a neutral state reports that there is none.
        None => {
            let recipe = Ident::new("recipe", at.span());
            quote_spanned!(at.span()=> { let #recipe = #rp::Recipe::once(); #recipe })
        }
    }
}

/// The result, each plain state in it behind a lock of its own.
fn wrapped(method: &Method, made: &TokenStream, context: &Context<'_>) -> TokenStream {
    let wrap = names::wrap();
    let recipe = unrepeatable(&method.sig.ident, context);
    match &method.wraps {
        Wraps::Nothing => quote!(#made),
        Wraps::Plain(ty) => quote!(<#ty>::#wrap(#made, #recipe)),
        Wraps::Option(ty) => quote! {
            match #made {
                ::core::option::Option::Some(state) => ::core::option::Option::Some(<#ty>::#wrap(state, #recipe)),
                ::core::option::Option::None => ::core::option::Option::None,
            }
        },
        Wraps::Result(ty) => quote! {
            match #made {
                ::core::result::Result::Ok(state) => ::core::result::Result::Ok(<#ty>::#wrap(state, #recipe)),
                ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
            }
        },
    }
}

/// A body for a refused method: never run, since its refusal is an error.
fn stub(method: &Method, context: &Context<'_>) -> TokenStream {
    let hidden = matches!(&method.sig.output, ReturnType::Type(_, ty) if types::borrows(ty).impl_trait);
    if hidden && method.sig.asyncness.is_none() && !context.block.elsewhere {
        // The hidden type is the state's method's.
        let (callee, ident, state) = (context.callee(), &method.sig.ident, &context.state);
        let values = arguments(method);
        let receiver = method.sig.receiver().map(|_| quote!({ let state: &'static mut #state = loop {}; state },));
        return quote!(#callee::#ident(#receiver #(#values),*));
    }
    quote!(loop {})
}

// pub const MAX: u64 = <__State>::MAX;
pub(super) fn constant(constant: &ImplItemConst, context: &Context<'_>) -> TokenStream {
    let ImplItemConst { attrs, vis, ident, ty, .. } = constant;
    let callee = context.callee();
    let value = if types::is_own(ty, &context.block.own) {
        let wrap = names::wrap();
        let recipe = unrepeatable(ident, context);
        quote!(<#ty>::#wrap(#callee::#ident, #recipe))
    } else {
        quote!(#callee::#ident)
    };
    // A private constant may be of use to the state alone.
    let private = matches!(vis, syn::Visibility::Inherited).then(|| quote!(#[allow(dead_code)]));
    quote!(#(#attrs)* #private #vis const #ident: #ty = #value;)
}
