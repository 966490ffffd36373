//! A method as an operation: its arguments in a struct, its body in a trait's method.

use super::block::Context;
use super::rmw;
use crate::model::block::{Block, Consistency, Kind, Merge, Method};
use crate::names;
use crate::types;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Generics, Token, Type, TypeParam, TypeParamBound, parse_quote};

/// The operation type's name: `__OpTryAdd` for `try_add`. The underscores keep it apart from the user's types.
pub(super) fn name(method: &Method) -> Ident {
    names::type_of("Op", &method.sig.ident)
}

pub(super) fn field(i: usize) -> Ident {
    format_ident!("a{i}")
}

/// The type that carries the method's own parameters, where they occur in no argument.
pub(super) fn carrier(method: &Method) -> Option<TokenStream> {
    let carried: Vec<_> = method
        .sig
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => {
                let ident = &parameter.ident;
                Some(quote!(::core::marker::PhantomData<#ident>))
            }
            GenericParam::Const(parameter) => {
                let ident = &parameter.ident;
                let ty = &parameter.ty;
                // A const parameter of any type constrains the impl only through a type that has it as an argument.
                Some(match quote!(#ty).to_string().as_str() {
                    "usize" => quote!([(); #ident]),
                    _ => return None,
                })
            }
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!carried.is_empty()).then(|| quote!(::core::marker::PhantomData<fn() -> (#(#carried,)*)>))
}

/// `::<T, N>`, so that nothing is left to inference.
pub(super) fn turbofish(generics: &Generics) -> Option<TokenStream> {
    let arguments: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>))
}

// struct __OpAdd<__A0> { a0: __A0 }
// impl<__A0: Clone> Again for __OpAdd<__A0> { .. }          // for strategies that may run a body twice
// impl<__A0> Repeatable for __OpAdd<__A0> {}               // no side effect that its tokens show
// impl<__A0: Hash> Keyed for __OpAdd<__A0> { .. }           // `#[key]`
// impl Op<__State> for __OpAdd<u64> {
//     type Out = u64; type Access = Exclusive; type Mode = Wait; type Route = ByKey; const NAME: &'static str = "add";
//     fn run(self, state: &mut __State) -> u64 { <__State>::add(state, self.a0) }
// }
// impl<__A0: Integer> Adds for __OpAdd<__A0> { .. }         // a body that is one saturating addition, for stripes
// impl ReadOp<__State> for .. { fn read(self, state: &__State) -> .. }      // `&self` methods
pub(super) fn operation(method: &Method, context: &Context<'_>) -> TokenStream {
    let rp = &context.rp;
    let (op, cfgs, state, ident) = (name(method), &method.cfgs, &context.state, &method.sig.ident);
    let label = names::unraw(ident);
    let mut generics = merged(&context.block.generics, &method.sig.generics);
    let mut named = ImplTraits { found: Vec::new() };
    let mut arguments: Vec<Type> = method
        .arguments
        .iter()
        .map(|argument| {
            let mut ty = context.on_state(&argument.ty);
            named.visit_type_mut(&mut ty);
            ty
        })
        .collect();
    for (name, bounds) in named.found {
        // Made and not parsed: what is wrong with a bound is for rustc to say.
        let mut parameter = TypeParam::from(name);
        parameter.colon_token = Some(Default::default());
        parameter.bounds = bounds;
        generics.params.push(parameter.into());
    }
    context.own().visit_generics_mut(&mut generics);

    let mut parameters: Vec<Ident> = (0..arguments.len()).map(|i| format_ident!("__A{i}")).collect();
    let mut fields: Vec<Ident> = (0..arguments.len()).map(field).collect();
    let passed = fields.clone();
    if let Some(carrier) = carrier(method) {
        parameters.push(format_ident!("__Generics"));
        fields.push(format_ident!("generics"));
        arguments.push(parse_quote!(#carrier));
    }
    let out = context.on_state(&types::result(&method.sig.output));
    let (callee, turbofish) = (context.callee(), turbofish(&method.sig.generics));
    let body = quote!(#callee::#ident #turbofish(state #(, self.#passed)*));
    let (declared, _, bounds) = generics.split_for_impl();
    let access = if method.kind == Kind::Exclusive { quote!(#rp::Exclusive) } else { quote!(#rp::Shared) };
    let mode = if method.can_be_detached() { quote!(#rp::Detach) } else { quote!(#rp::Wait) };
    let route = route(method, context);
    let consistency = (method.consistency != Consistency::Linearizable).then(|| {
        let level = format_ident!("{}", method.consistency.name());
        quote!(const CONSISTENCY: #rp::Consistency = #rp::Consistency::#level;)
    });
    let rmw = rmw::rmw(method, context);
    let adds = rmw::adds(method, rp).map(|(bounded, amount)| {
        let before = parameters.iter().map(|parameter| {
            if bounded.as_ref() == Some(parameter) { quote!(#parameter: #rp::Integer) } else { quote!(#parameter) }
        });
        quote! {
            #(#cfgs)*
            impl<#(#before),*> #rp::Adds for #op<#(#parameters),*> {
                #[inline]
                fn amount(&self) -> ::core::primitive::u64 {
                    #amount
                }
            }
        }
    });
    let keyed = method.key().map(|key| {
        let (bounded, key) = (&parameters[key], field(key));
        let before = parameters.iter().map(|parameter| {
            if parameter == bounded { quote!(#parameter: ::core::hash::Hash) } else { quote!(#parameter) }
        });
        quote! {
            #(#cfgs)*
            impl<#(#before),*> #rp::Keyed for #op<#(#parameters),*> {
                #[inline]
                fn key(&self) -> ::core::primitive::u64 {
                    #rp::fixed_hash(&self.#key)
                }
            }
        }
    });
    let fold = method.merge.as_ref().map(|merge| {
        let span = match merge {
            Merge::Named(name) => name.span(),
            Merge::With(function) => function.span(),
        };
        let (first, next) = (Ident::new("first", span), Ident::new("next", span));
        let merge = fold(merge, context, &first, &next);
        quote! {
            #(#cfgs)*
            impl #declared #rp::Fold<#state> for #op<#(#arguments),*> #bounds {
                #[inline]
                fn fold(#first: #out, #next: #out) -> #out {
                    #merge
                }
            }
        }
    });
    let repeatable = method
        .repeatable
        .then(|| quote!(#(#cfgs)* impl<#(#parameters),*> #rp::Repeatable for #op<#(#parameters),*> {}));
    let commutes = method
        .commutes
        .as_ref()
        .map(|_| quote!(#(#cfgs)* impl<#(#parameters),*> #rp::Commutes for #op<#(#parameters),*> {}));
    let read = (method.kind == Kind::Shared).then(|| {
        quote! {
            #(#cfgs)*
            impl #declared #rp::ReadOp<#state> for #op<#(#arguments),*> #bounds {
                #[inline]
                fn read(self, state: &#state) -> #out {
                    #body
                }
            }
        }
    });
    quote! {
        #(#cfgs)*
        struct #op<#(#parameters),*> {
            #(#fields: #parameters,)*
        }
        #(#cfgs)*
        impl<#(#parameters: ::core::clone::Clone),*> #rp::Again for #op<#(#parameters),*> {
            #[inline]
            fn again(&self) -> Self {
                Self { #(#fields: ::core::clone::Clone::clone(&self.#fields),)* }
            }
        }
        #(#cfgs)*
        impl #declared #rp::Op<#state> for #op<#(#arguments),*> #bounds {
            type Out = #out;
            type Access = #access;
            type Mode = #mode;
            type Route = #route;
            const NAME: &'static ::core::primitive::str = #label;
            #consistency
            #rmw
            #[inline]
            fn run(self, state: &mut #state) -> #out {
                #body
            }
        }
        #read
        #keyed
        #fold
        #repeatable
        #commutes
        #adds
    }
}

/// Which part of a state in parts an operation concerns.
pub(super) enum Part {
    /// That of the key, an argument.
    Of(usize),
    /// That of the thread.
    Own,
    /// All.
    Whole,
    /// Nobody says.
    Unknown,
}

pub(super) fn part(method: &Method, block: &Block) -> Part {
    match (&method.merge, method.key()) {
        (None, Some(key)) => Part::Of(key),
        (Some(_), _) => Part::Whole,
        // Among methods with keys, one without a key would work on the thread's own part and not say so: `clear()`.
        (None, None) if method.kind == Kind::Exclusive && method.is_without_result() && block.any_part_will_do() => {
            Part::Own
        }
        (None, None) => Part::Unknown,
    }
}

fn route(method: &Method, context: &Context<'_>) -> TokenStream {
    let rp = &context.rp;
    match part(method, context.block) {
        Part::Of(_) => quote!(#rp::ByKey),
        Part::Own => quote!(#rp::ByThread),
        Part::Whole if method.consistency == Consistency::Linearizable => quote!(#rp::Whole),
        Part::Whole => quote!(#rp::Sweep),
        Part::Unknown => quote!(#rp::Unrouted),
    }
}

/// One result from `first` and `next`.
fn fold(merge: &Merge, context: &Context<'_>, first: &Ident, next: &Ident) -> TokenStream {
    let rp = &context.rp;
    match merge {
        // All of the path at the fold's name: there a result that it cannot fold is reported.
        Merge::Named(name) => quote_spanned! {name.span()=>
            use #rp::merge as fold;
            fold::#name(#first, #next)
        },
        Merge::With(function) => {
            let mut function = (**function).clone();
            context.own().visit_expr_mut(&mut function);
            let call = quote_spanned!(function.span()=> (#function)(#first, #next));
            quote!(#call)
        }
    }
}

/// The impl's parameters and the method's.
fn merged(block: &Generics, method: &Generics) -> Generics {
    let mut all = block.clone();
    all.params.extend(method.params.iter().cloned());
    if let Some(clause) = &method.where_clause {
        all.make_where_clause().predicates.extend(clause.predicates.iter().cloned());
    }
    all
}

/// Gives each `impl Trait` of the arguments a name.
struct ImplTraits {
    found: Vec<(Ident, Punctuated<TypeParamBound, Token![+]>)>,
}

impl VisitMut for ImplTraits {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(found) = ty {
            let name = format_ident!("__I{}", self.found.len());
            // rustc refuses `use<'a>` here by itself, in the user's own text.
            let bounds = found.bounds.iter().filter(|bound| !matches!(bound, TypeParamBound::PreciseCapture(_)));
            self.found.push((name.clone(), bounds.cloned().collect()));
            *ty = parse_quote!(#name);
        }
    }
}
