//! What only exploration needs of an impl: a marker a method, and the lists that name them.
//!
//! All of it stands in `__if_explore!`, which a shipping build drops.

use super::block::Context;
use super::operation;
use crate::model::block::{Consistency, Kind, Method};
use crate::model::exploration::{self, Parameter};
use crate::names;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{GenericParam, Generics, Type, parse_quote};

pub(super) fn explore(context: &Context<'_>) -> TokenStream {
    // A trait's `&mut self` methods cannot be called from two threads: the impl of a trait is no block.
    if context.block.trait_.is_some() {
        return TokenStream::new();
    }
    let raceproof = &context.crates.raceproof;
    let subject = quote!(#raceproof::explore::subject);
    let mut explored = Vec::new();
    let mut left_out = Vec::new();
    for method in context.block.exposed() {
        if method.kind == Kind::Associated {
            continue;
        }
        match exploration::parameters(method, context.block) {
            Ok(parameters) => explored.push((method, parameters)),
            Err(reason) => {
                let (cfgs, name) = (&method.cfgs, names::unraw(&method.sig.ident));
                left_out.push(quote!(#(#cfgs)* #subject::LeftOut { method: #name, reason: #reason },));
            }
        }
    }
    let methods = explored.iter().map(|(method, parameters)| {
        let apply = apply(method, parameters, context);
        marker(method, parameters, context, &subject, &apply)
    });
    let entry = block_entry(
        context,
        &explored.iter().map(|(method, _)| *method).collect::<Vec<_>>(),
        &quote!(#(#left_out)*),
        &subject,
    );
    let construct = construct(context, &subject);
    quote! {
        #raceproof::__if_explore! {
            #(#methods)*
            #entry
            #construct
        }
    }
}

// type __List0 = (__CallIncrement, __List1); ..
// impl Block<0> for Counter { type Methods = __List0; const LEFT_OUT: &'static [LeftOut] = &[]; }
pub(crate) fn block_entry(
    context: &Context<'_>,
    methods: &[&Method],
    left_out: &TokenStream,
    subject: &TokenStream,
) -> TokenStream {
    let list = list(methods);
    let (number, self_ty) = (context.block.number, at_home(context));
    let generics = forever(context, false);
    let (declared, _, bounds) = generics.split_for_impl();
    let span = context.block.number_span;
    // Two blocks of one number would be two impls of one trait: rustc then points at the type's name.
    let block = quote_spanned!(span=> #subject::Block<#number>);
    quote! {
        #list
        #[automatically_derived]
        impl #declared #block for #self_ty #bounds {
            type Methods = __List0;
            const LEFT_OUT: &'static [#subject::LeftOut] = &[#left_out];
        }
    }
}

/// The marker's name: `__CallAdd`.
fn marker_name(method: &Method) -> Ident {
    names::type_of("Call", &method.sig.ident)
}

/// The type without lifetimes: explored objects live as long as they like.
pub(crate) fn at_home(context: &Context<'_>) -> Type {
    let mut ty = Type::Path(context.block.self_ty.clone());
    context.forever().visit_type_mut(&mut ty);
    ty
}

/// The impl's parameters, lifetimes made `'static` and, for a method's arguments, types outliving it.
pub(crate) fn forever(context: &Context<'_>, types_too: bool) -> Generics {
    let mut generics = context.block.generics.clone();
    generics.params =
        generics.params.into_iter().filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_))).collect();
    if let Some(clause) = &mut generics.where_clause {
        clause.predicates = std::mem::take(&mut clause.predicates)
            .into_iter()
            .filter(|predicate| !matches!(predicate, syn::WherePredicate::Lifetime(_)))
            .collect();
    }
    if types_too {
        let parameters: Vec<Ident> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
        let clause = generics.make_where_clause();
        for parameter in parameters {
            clause.predicates.push(parse_quote!(#parameter: 'static));
        }
    }
    context.forever().visit_generics_mut(&mut generics);
    generics
}

/// The names of the types and constants among the parameters.
pub(crate) fn arguments(generics: &Generics) -> Vec<&Ident> {
    let named = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        GenericParam::Lifetime(_) => None,
    });
    named.collect()
}

// type __List0 = (__CallIncrement, __List1); type __List1 = (__CallGet, __List2); type __List2 = ();
//
// One alias a method, so that a `#[cfg]` on a method takes its entry out.
fn list(methods: &[&Method]) -> TokenStream {
    let alias = |i: usize| format_ident!("__List{i}");
    let entries = methods.iter().enumerate().map(|(i, method)| {
        let (here, next, marker) = (alias(i), alias(i + 1), marker_name(method));
        if method.cfgs.is_empty() {
            return quote!(type #here = (#marker, #next););
        }
        let predicates: Vec<_> =
            method.cfgs.iter().filter_map(|cfg| cfg.meta.require_list().ok()).map(|list| &list.tokens).collect();
        quote! {
            #[cfg(all(#(#predicates),*))]
            type #here = (#marker, #next);
            #[cfg(not(all(#(#predicates),*)))]
            type #here = #next;
        }
    });
    let last = alias(methods.len());
    quote!(#(#entries)* type #last = ();)
}

// pub struct __CallAdd;
// impl Method<Counter> for __CallAdd {
//     type Input = (u64,); type Sources = (Any<u64>,); type Output = u64; ..
//     fn call(wrapper: &Counter, input: (u64,)) -> u64 { <Counter>::add(wrapper, input.0) }
//     fn apply(..) ..                     // `tail`: how the specification is asked
// }
pub(crate) fn marker(
    method: &Method,
    parameters: &[Parameter],
    context: &Context<'_>,
    subject: &TokenStream,
    tail: &TokenStream,
) -> TokenStream {
    let raceproof = &context.crates.raceproof;
    let argument = quote!(#raceproof::explore::argument);
    let (marker, cfgs, ident) = (marker_name(method), &method.cfgs, &method.sig.ident);
    let (name, exclusive) = (names::unraw(ident), method.kind == Kind::Exclusive);
    let at_home = at_home(context);
    let still = |ty: &Type| still(ty, context);
    let output = still(&exploration::as_explored(&types::result(&method.sig.output), method));
    let labels = parameters.iter().map(|parameter| &parameter.name);
    let owned: Vec<Type> = parameters.iter().map(|parameter| still(&parameter.owned)).collect();
    let source_types = parameters.iter().zip(&owned).map(|(parameter, ty)| match parameter.given {
        _ if parameter.thread => quote!(#argument::Number),
        Some(_) => quote!(#argument::Given<#ty>),
        None => quote!(#argument::Any<#ty>),
    });
    let sources = parameters.iter().zip(&owned).map(|(parameter, ty)| match &parameter.given {
        _ if parameter.thread => quote!(#argument::Number),
        Some(strategy) => quote!(#argument::Given::<#ty>::new(#strategy)),
        None => quote!(#argument::Any::<#ty>::new()),
    });
    let values = values(parameters);
    let consistency = (method.consistency != Consistency::Linearizable).then(|| {
        let level = format_ident!("{}", method.consistency.name());
        quote!(const CONSISTENCY: #subject::Consistency = #subject::Consistency::#level;)
    });
    let commutes = method.commutes.as_ref().map(|_| {
        quote!(
            const COMMUTES: ::core::primitive::bool = true;
        )
    });
    let part = match operation::part(method, context.block) {
        operation::Part::Of(key) => {
            let key = syn::Index::from(key);
            Some(quote! {
                fn part(input: &Self::Input) -> #subject::Part {
                    #[allow(unused_imports)]
                    use #subject::{Hashed as _, NotHashed as _};
                    (&#subject::Key(&input.#key)).part()
                }
            })
        }
        operation::Part::Own => Some(quote! {
            fn part(_: &Self::Input) -> #subject::Part {
                #subject::Part::Own
            }
        }),
        operation::Part::Whole | operation::Part::Unknown => None,
    };
    let detaches = method.can_be_detached().then(|| {
        quote!(
            const DETACHES: ::core::primitive::bool = true;
        )
    });
    let generics = forever(context, true);
    let (declared, _, bounds) = generics.split_for_impl();
    let here = quote_spanned!(ident.span()=> ::core::panic::Location::caller());
    // The line that a trace shows for the outermost lock is the method's own.
    let wrapper = quote!(wrapper);
    let call = quote_spanned!(ident.span()=> <#at_home>::#ident(#wrapper #(, #values)*));
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(unreachable_pub, missing_debug_implementations, missing_copy_implementations)]
        pub struct #marker;
        #(#cfgs)*
        #[automatically_derived]
        impl #declared #subject::Method<#at_home> for #marker #bounds {
            type Input = (#(#owned,)*);
            type Sources = (#(#source_types,)*);
            type Output = #output;
            const NAME: &'static ::core::primitive::str = #name;
            const PARAMETERS: &'static [&'static ::core::primitive::str] = &[#(#labels),*];
            const EXCLUSIVE: ::core::primitive::bool = #exclusive;
            #consistency
            #commutes
            #part
            #detaches
            fn location() -> &'static ::core::panic::Location<'static> {
                #here
            }
            fn sources() -> Self::Sources {
                (#(#sources,)*)
            }
            #[allow(unused_variables)]
            fn call(wrapper: &#at_home, input: Self::Input) -> Self::Output {
                #call
            }
            #tail
        }
    }
}

/// The type as the state has it, without lifetimes.
pub(crate) fn still(ty: &Type, context: &Context<'_>) -> Type {
    let mut ty = context.on_state(ty);
    context.forever().visit_type_mut(&mut ty);
    ty
}

/// The arguments of a call, out of the tuple `input`.
pub(crate) fn values(parameters: &[Parameter]) -> Vec<TokenStream> {
    let value = |(i, parameter): (usize, &Parameter)| {
        let i = syn::Index::from(i);
        if parameter.by_reference { quote!(&input.#i) } else { quote!(input.#i) }
    };
    parameters.iter().enumerate().map(value).collect()
}

// fn apply(state: &mut __State, input: (u64,)) -> u64 { <__State>::add(state, input.0) }
fn apply(method: &Method, parameters: &[Parameter], context: &Context<'_>) -> TokenStream {
    let (ident, state, values) = (&method.sig.ident, still(&context.state, context), values(parameters));
    quote! {
        #[allow(unused_variables)]
        fn apply(state: &mut #state, input: Self::Input) -> Self::Output {
            <#state>::#ident(state #(, #values)*)
        }
    }
}

// impl Construct for Counter { const EXPRESSION: &'static str = "Counter::new()"; fn construct() -> Self { <Counter>::new() } }
pub(crate) fn construct(context: &Context<'_>, subject: &TokenStream) -> TokenStream {
    let constructors: Vec<&Method> = context.block.exposed().filter(|method| method.is_plain_constructor()).collect();
    let new = constructors.iter().find(|method| method.sig.ident == "new").or(constructors.first());
    let Some(constructor) = new.filter(|_| !context.block.constructed_before) else { return TokenStream::new() };
    let (cfgs, ident, at_home) = (&constructor.cfgs, &constructor.sig.ident, at_home(context));
    let expression = format!("{}::{}()", names::unraw(&context.block.own), names::unraw(ident));
    let generics = forever(context, false);
    let (declared, _, bounds) = generics.split_for_impl();
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #declared #subject::Construct for #at_home #bounds {
            const EXPRESSION: &'static ::core::primitive::str = #expression;
            fn construct() -> Self {
                <#at_home>::#ident()
            }
        }
    }
}
