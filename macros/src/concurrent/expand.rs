//! What stands beside the impl: how each method asks the spec, and what the explorer reads.
//!
//! The functions that call the spec are there in every build, so that a spec that lacks something is told by plain
//! `cargo build`, and so that one that is used for exploration alone is not dead code. Nothing calls them in a build that
//! ships.

use super::check::left_out;
use super::model::{Role, Subject};
use crate::expand::block::Context;
use crate::expand::explore;
use crate::expand::race_tests;
use crate::model::block::{Block, Kind, Method};
use crate::model::exploration::{self, Parameter};
use crate::names::{self, Crates};
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Type};

// impl Stack { .. }                                        // as it is written
// const _: () = {
//     trait RP0055_.. { fn push(&self); fn pop(&self); }   // `hint`
//     fn __start(object: &Stack) -> Vec<u8> { .. }         // `start`
//     fn __spec_push(spec: &mut Vec<u8>, a0: u8) -> Allowed<()> { Answer::answer(spec.push(a0)) }     // `ask`
//     ::raceproof::__if_explore! {
//         struct __CallPush;  impl Method<Stack> for __CallPush { .. }      // as for a guarded type, but for `judge`
//         impl Block<0> for Stack { .. }  impl Construct for Stack { .. }
//         impl Guarded for Stack { .. }  impl Explorable for Stack { .. }   // `explorable`
//     }
// };
// #[cfg(test)] #[test] fn ..                               // `race_tests`
pub(super) fn expand(subject: &Subject, crates: &Crates) -> TokenStream {
    let Some(block) = &subject.block else { return TokenStream::new() };
    let raceproof = &crates.raceproof;
    let subject_path = quote!(#raceproof::explore::subject);
    // There is no hidden state, so the type's own name means the type.
    let context = Context {
        block,
        crates,
        rp: crates.private(),
        state: Type::Path(block.self_ty.clone()),
        state_name: block.own.clone(),
        trait_: None,
    };
    let (mut explored, mut omitted) = (Vec::new(), Vec::new());
    for method in block.exposed().filter(|method| method.kind != Kind::Associated) {
        let Some(role) = subject.role(&method.sig.ident).filter(|role| role.invariant.is_none()) else { continue };
        let reason = if role.skip.is_some() { Some("it says `#[skip]`") } else { left_out(method) };
        match reason.map_or_else(|| exploration::parameters(method, block), Err) {
            Ok(mut parameters) => {
                for (number, _) in &role.thread {
                    parameters[*number].thread = true;
                }
                explored.push((method, role, parameters));
            }
            Err(reason) => {
                let (cfgs, name) = (&method.cfgs, names::unraw(&method.sig.ident));
                omitted.push(quote!(#(#cfgs)* #subject_path::LeftOut { method: #name, reason: #reason },));
            }
        }
    }
    let hint = hint(&explored);
    let start = start(subject, &context);
    let spec = Spec { ty: spec_type(subject, &context), context: &context };
    let asks = explored.iter().map(|(method, role, parameters)| spec.ask(method, role, parameters));
    let markers = explored.iter().map(|(method, role, parameters)| {
        let tail = spec.judge(method, role, parameters);
        explore::marker(method, parameters, &context, &subject_path, &tail)
    });
    let entry = explore::block_entry(
        &context,
        &explored.iter().map(|(method, ..)| *method).collect::<Vec<_>>(),
        &quote!(#(#omitted)*),
        &subject_path,
    );
    let construct = explore::construct(&context, &subject_path);
    let explorable = explorable(subject, &context, &subject_path);
    let tests = tests(subject, block, crates);
    let cfgs = &block.cfgs;
    quote! {
        #(#cfgs)*
        #[allow(
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, dead_code,
            deprecated, elided_lifetimes_in_paths, non_camel_case_types, unreachable_pub, unused_qualifications, unused_lifetimes,
        )]
        const _: () = {
            #hint
            #start
            #(#asks)*
            #raceproof::__if_explore! {
                #(#markers)*
                #entry
                #construct
                #explorable
            }
        };
        #tests
    }
}

// trait RP0055_write_this_method_on_the_spec_or_say_skip_here { fn push(&self); fn pop(&self); }
//
// Nobody implements it. Where the spec lacks a method, rustc looks for traits that have one of that name, and says this.
fn hint(explored: &[(&Method, &Role, Vec<Parameter>)]) -> TokenStream {
    let methods = explored.iter().map(|(method, ..)| {
        let (cfgs, ident) = (&method.cfgs, &method.sig.ident);
        quote!(#(#cfgs)* fn #ident(&self);)
    });
    quote! {
        trait RP0055_write_this_method_on_the_spec_or_say_skip_here {
            #(#methods)*
        }
    }
}

/// The spec, as code outside the impl names it.
fn spec_type(subject: &Subject, context: &Context<'_>) -> Option<Type> {
    Some(explore::still(subject.options.spec.as_ref()?, context))
}

// fn __start(object: &Stack) -> Vec<u8> { <Vec<u8> as Default>::default() }
fn start(subject: &Subject, context: &Context<'_>) -> TokenStream {
    let Some(spec) = spec_type(subject, context) else { return TokenStream::new() };
    let at_home = explore::at_home(context);
    let generics = explore::forever(context, true);
    let (declared, _, bounds) = generics.split_for_impl();
    let body = match &subject.options.start {
        None => quote_spanned!(span(subject)=> <#spec as ::core::default::Default>::default()),
        Some(closure @ Expr::Closure(_)) => quote! {
            let start: fn(&#at_home) -> #spec = #closure;
            start(object)
        },
        Some(expression) => quote!(#expression),
    };
    let object = if needs_object(subject) { quote!(object: &#at_home) } else { quote!() };
    quote! {
        fn __start #declared (#object) -> #spec #bounds {
            #body
        }
    }
}

fn span(subject: &Subject) -> proc_macro2::Span {
    subject.options.spec.as_ref().map_or_else(proc_macro2::Span::call_site, syn::spanned::Spanned::span)
}

/// Whether the spec starts from what the object says.
fn needs_object(subject: &Subject) -> bool {
    matches!(subject.options.start, Some(Expr::Closure(_)))
}

struct Spec<'a> {
    ty: Option<Type>,
    context: &'a Context<'a>,
}

impl Spec<'_> {
    fn function(method: &Method) -> Ident {
        format_ident!("__spec_{}", names::unraw(&method.sig.ident))
    }

    // fn __spec_push(spec: &mut Vec<u8>, a0: u8) -> ::raceproof::spec::Allowed<()> {
    //     ::raceproof::spec::Answer::<()>::answer(spec.push(a0))
    // }
    fn ask(&self, method: &Method, role: &Role, parameters: &[Parameter]) -> TokenStream {
        let raceproof = &self.context.crates.raceproof;
        let (name, ident, cfgs) = (Self::function(method), &method.sig.ident, &method.cfgs);
        let still = |ty: &Type| explore::still(ty, self.context);
        let spec = self.spec();
        let output = still(&exploration::as_explored(&types::result(&method.sig.output), method));
        let arguments: Vec<_> = (0..parameters.len()).map(|i| format_ident!("a{i}")).collect();
        let taken = parameters.iter().zip(&arguments).map(|(parameter, argument)| {
            let ty = still(&parameter.owned);
            if parameter.by_reference { quote!(#argument: &#ty) } else { quote!(#argument: #ty) }
        });
        let generics = explore::forever(self.context, true);
        let (declared, _, bounds) = generics.split_for_impl();
        let put_back = role.spurious.as_ref().map(|(_, at)| {
            quote_spanned! {*at=>
                fn put_back<S: #raceproof::spec::PutBack>() {}
                put_back::<#spec>();
            }
        });
        let reader = format_ident!("{}", if role.blocking.is_some() { "Waits" } else { "Answer" });
        // At the method's name: where the spec has no such method, or one of another type, this is where it is said.
        let call = quote_spanned!(ident.span()=> spec.#ident(#(#arguments),*));
        let answer = quote_spanned!(ident.span()=> #raceproof::spec::#reader::<#output>::answer(#call));
        quote! {
            #(#cfgs)*
            fn #name #declared (spec: &mut #spec #(, #taken)*) -> #raceproof::spec::Allowed<#output> #bounds {
                #put_back
                #answer
            }
        }
    }

    fn spec(&self) -> TokenStream {
        match &self.ty {
            Some(ty) => quote!(#ty),
            // Only with a spec is anything expanded.
            None => quote!(()),
        }
    }

    // fn judge(state: &mut Spec, input: (u8,)) -> Allowed<()> { __spec_push(state.get(), input.0) }
    // const BLOCKING: bool = false; ..
    fn judge(&self, method: &Method, role: &Role, parameters: &[Parameter]) -> TokenStream {
        let raceproof = &self.context.crates.raceproof;
        let (name, spec) = (Self::function(method), self.spec());
        let generics = explore::forever(self.context, true);
        let arguments = explore::arguments(&generics);
        let turbofish = (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>));
        let values = explore::values(parameters);
        let blocking = role.blocking.is_some();
        let groups = role.single.iter().map(names::unraw);
        let threads = role.thread.iter().map(|(number, _)| number);
        let spurious = role.spurious.as_ref().map(|(pattern, at)| {
            let found = quote_spanned!(*at=> ::core::matches!(output, #pattern));
            quote! {
                fn spurious(output: &Self::Output) -> ::core::primitive::bool {
                    #found
                }
            }
        });
        quote! {
            #[allow(unused_variables)]
            fn judge(
                state: &mut #raceproof::explore::by_hand::Spec,
                input: Self::Input,
            ) -> #raceproof::spec::Allowed<Self::Output> {
                #name #turbofish (state.get::<#spec>() #(, #values)*)
            }
            const BLOCKING: ::core::primitive::bool = #blocking;
            const SINGLE: &'static [&'static ::core::primitive::str] = &[#(#groups),*];
            const THREAD: &'static [::core::primitive::usize] = &[#(#threads),*];
            #spurious
        }
    }
}

// impl Guarded for Stack { type State = by_hand::Spec; type Strategy = by_hand::ByHand; }
// impl Explorable for Stack { .. }
fn explorable(subject: &Subject, context: &Context<'_>, path: &TokenStream) -> TokenStream {
    let Some(spec) = spec_type(subject, context) else { return TokenStream::new() };
    let (rp, raceproof) = (&context.rp, &context.crates.raceproof);
    let by_hand = quote!(#raceproof::explore::by_hand);
    let at_home = explore::at_home(context);
    let generics = explore::forever(context, false);
    let (declared, _, bounds) = generics.split_for_impl();
    let still = explore::forever(context, true);
    let (_, _, still_bounds) = still.split_for_impl();
    let threads = match subject.options.threads {
        Some(threads) => quote!(::core::option::Option::Some(#threads)),
        None => quote!(::core::option::Option::None),
    };
    let arguments = explore::arguments(&still);
    let turbofish = (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>));
    let object = needs_object(subject).then(|| quote!(&self));
    let new = quote! {
        #[allow(unused_imports)]
        use #by_hand::{Copies as _, CopiesNot as _, Hashes as _, HashesNot as _};
        let ask = &#by_hand::Ask::<#spec>::NEW;
        #by_hand::Spec::new::<#spec>(__start #turbofish (#object), ask.copier(), ask.fingerprint())
    };
    // Where the object is not asked, none is built.
    let first_state =
        (!needs_object(subject)).then(|| quote!(fn first_state(_: fn() -> Self) -> #by_hand::Spec { #new }));
    let invariant = subject.roles.iter().find(|role| role.invariant.is_some()).map(|role| {
        let (name, label, cfgs) = (&role.name, names::unraw(&role.name), &role.cfgs);
        quote! {
            #(#cfgs)*
            const INVARIANT: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(#label);
            #(#cfgs)*
            fn invariant(&self) {
                let _ = <#at_home>::#name(self);
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #declared #rp::Guarded for #at_home #bounds {
            type State = #by_hand::Spec;
            type Strategy = #by_hand::ByHand;
        }
        #[automatically_derived]
        impl #declared #path::Explorable for #at_home #still_bounds {
            const BY_HAND: ::core::primitive::bool = true;
            const THREADS: ::core::option::Option<::core::primitive::usize> = #threads;
            fn into_state(self) -> #by_hand::Spec {
                #new
            }
            #first_state
            fn settle(&self) {}
            fn copy(state: &#by_hand::Spec) -> ::core::option::Option<#by_hand::Spec> {
                state.copy()
            }
            fn fingerprint(state: &#by_hand::Spec) -> ::core::option::Option<::core::primitive::u64> {
                state.fingerprint()
            }
            fn spec(state: &mut #by_hand::Spec) -> &mut dyn ::core::any::Any {
                state.any()
            }
            #invariant
        }
    }
}

/// The tests, or the reminder that they need a line.
fn tests(subject: &Subject, block: &Block, crates: &Crates) -> TokenStream {
    if subject.options.no_tests {
        return TokenStream::new();
    }
    race_tests::of(
        &race_tests::Tested {
            name: names::unraw(&block.own),
            cfgs: &block.cfgs,
            ty: &Type::Path(block.self_ty.clone()),
            generics: &block.generics,
            builder: subject.builder.as_deref(),
            buildable: subject.buildable,
            off: "#[concurrent(.., tests = off)]",
        },
        crates,
    )
}
