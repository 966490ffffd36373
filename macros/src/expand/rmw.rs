//! A method's body as one read-modify-write, where it is one.
//!
//! What is recognised is a body with exactly one of the effects below, on one field, whose amount does not depend on the
//! state, and nothing beside it but copies of fields, of arguments, and tuples and variants of those. Such a body can run
//! on the value that was found, for its result, after the effect has been made: nothing in it can panic or call anyone. (The
//! strategy takes no such body whose arguments have destructors.)
//!
//! | the effect | becomes |
//! |---|---|
//! | `self.f = self.f.wrapping_add(n)`, `wrapping_sub` | an addition |
//! | `self.f = self.f.max(n)`, `min` | the larger, the smaller |
//! | `self.f \|= n`, `&=`, `^=`; `self.f = self.f \| n` | bitwise |
//! | `self.f = n`, `std::mem::replace(&mut self.f, n)` | an exchange |
//! | `std::mem::take(&mut self.f)` | an exchange for zero |
//!
//! Not `self.f += n`, nor `saturating_add`: the one panics in one build and wraps in another, the other is no instruction.
//! They take the loop, and so does whatever is not recognised.
//!
//! It is a hint, by spelling. Whether the field is a number, and alone in its word, is for the strategy to know, by type;
//! whether the amount has a number's bits, a probe asks of its type.

use super::block::Context;
use super::operation::field;
use crate::model::block::{Kind, Method};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{BinOp, Block, Expr, ExprLit, ExprUnary, Lit, Member, Pat, Stmt, UnOp};

// fn rmw(&self) -> Option<Rmw> { (&Amount(&self.a0)).word().map(Rmw::WrappingAdd) }
pub(super) fn rmw(method: &Method, context: &Context<'_>) -> Option<TokenStream> {
    if method.kind != Kind::Exclusive {
        return None;
    }
    let mut body = Body { method, context, locals: Vec::new(), effect: None };
    body.block(&method.body)?;
    let (_, amount, change) = body.effect?;
    let rp = &context.rp;
    let change = format_ident!("{change}");
    Some(quote! {
        #[inline]
        fn rmw(&self) -> ::core::option::Option<#rp::Rmw> {
            #[allow(unused_imports)]
            use #rp::{KnownAmount as _, UnknownAmount as _};
            #amount.map(#rp::Rmw::#change)
        }
    })
}

struct Body<'a> {
    method: &'a Method,
    context: &'a Context<'a>,
    /// Names that the body gives: an amount of such a name is not the argument's.
    locals: Vec<String>,
    /// The field, an expression of type `Option<u64>`, and the variant of `Rmw`.
    effect: Option<(&'a Member, TokenStream, &'static str)>,
}

impl<'a> Body<'a> {
    fn block(&mut self, block: &'a Block) -> Option<()> {
        // Names first: an amount stands for the argument only if no name hides it.
        for statement in &block.stmts {
            if let Stmt::Local(local) = statement {
                let Pat::Ident(name) = &local.pat else { return None };
                if name.by_ref.is_some() || name.subpat.is_some() {
                    return None;
                }
                self.locals.push(name.ident.to_string());
            }
        }
        for statement in &block.stmts {
            match statement {
                Stmt::Local(local) => {
                    let init = local.init.as_ref().filter(|init| init.diverge.is_none())?;
                    self.expression(&init.expr)?;
                }
                Stmt::Expr(expression, _) => self.expression(expression)?,
                Stmt::Item(_) | Stmt::Macro(_) => return None,
            }
        }
        Some(())
    }

    fn expression(&mut self, expression: &'a Expr) -> Option<()> {
        match expression {
            Expr::Path(_) | Expr::Lit(_) => Some(()),
            Expr::Paren(inner) => self.expression(&inner.expr),
            Expr::Group(inner) => self.expression(&inner.expr),
            // No more than a field of the state's: `argument.field` may go through the user's own `Deref`, and `!value` be
            // the user's own `Not`. What they do, a panic included, has to come before the change.
            Expr::Field(_) => own_field(expression).map(|_| ()),
            Expr::Tuple(tuple) => tuple.elems.iter().try_for_each(|element| self.expression(element)),
            Expr::Assign(assign) => {
                let target = own_field(&assign.left)?;
                let (amount, change) = self.assigned(target, &assign.right)?;
                self.found(target, amount, change)
            }
            Expr::Binary(binary) => {
                let change = match binary.op {
                    BinOp::BitAndAssign(_) => "And",
                    BinOp::BitOrAssign(_) => "Or",
                    BinOp::BitXorAssign(_) => "Xor",
                    _ => return None,
                };
                let amount = self.amount(&binary.right)?;
                self.found(own_field(&binary.left)?, amount, change)
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return None };
                let text: Vec<String> = function.path.segments.iter().map(|s| s.ident.to_string()).collect();
                let text: Vec<&str> = text.iter().map(String::as_str).collect();
                let arguments: Vec<&Expr> = call.args.iter().collect();
                match (&*text, &*arguments) {
                    (["std" | "core", "mem", "replace"], [target, to]) => {
                        let amount = self.amount(to)?;
                        self.found(own_field(borrowed(target)?)?, amount, "Swap")
                    }
                    // "And" and not "Swap": of what is no number nobody knows the default's bits.
                    (["std" | "core", "mem", "take"], [target]) => {
                        self.found(own_field(borrowed(target)?)?, quote!(::core::option::Option::Some(0u64)), "And")
                    }
                    (["Some" | "Ok" | "Err"], [value]) => self.expression(value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What is assigned to the field.
    fn assigned(&mut self, target: &Member, value: &'a Expr) -> Option<(TokenStream, &'static str)> {
        match value {
            Expr::MethodCall(call) if own_field(&call.receiver) == Some(target) => {
                if call.args.len() != 1 || call.turbofish.is_some() {
                    return None;
                }
                let amount = self.amount(call.args.first()?)?;
                Some(match call.method.to_string().as_str() {
                    "wrapping_add" => (amount, "WrappingAdd"),
                    "wrapping_sub" => (quote!(#amount.map(|amount| 0u64.wrapping_sub(amount))), "WrappingAdd"),
                    "max" => (amount, "Max"),
                    "min" => (amount, "Min"),
                    _ => return None,
                })
            }
            Expr::Binary(binary) if own_field(&binary.left) == Some(target) => {
                let change = match binary.op {
                    BinOp::BitAnd(_) => "And",
                    BinOp::BitOr(_) => "Or",
                    BinOp::BitXor(_) => "Xor",
                    _ => return None,
                };
                Some((self.amount(&binary.right)?, change))
            }
            other => Some((self.amount(other)?, "Swap")),
        }
    }

    fn found(&mut self, target: &'a Member, amount: TokenStream, change: &'static str) -> Option<()> {
        // Two effects are no one instruction.
        self.effect.is_none().then(|| self.effect = Some((target, amount, change)))
    }

    /// An `Option<u64>` expression: the amount's bits.
    fn amount(&self, expression: &Expr) -> Option<TokenStream> {
        self.bits(expression, "word")
    }

    /// The same, asked of the amount's type by this method.
    fn bits(&self, expression: &Expr, ask: &str) -> Option<TokenStream> {
        match expression {
            Expr::Paren(inner) => self.bits(&inner.expr, ask),
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                let number: u64 = number.base10_parse().ok()?;
                Some(quote!(::core::option::Option::Some(#number)))
            }
            Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. }) => {
                let number = u64::from(flag.value);
                Some(quote!(::core::option::Option::Some(#number)))
            }
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
                let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &**expr else { return None };
                let number = number.base10_parse::<u64>().ok()?.wrapping_neg();
                Some(quote!(::core::option::Option::Some(#number)))
            }
            Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => {
                // Of a number only: another type's `!` is whatever its impl says.
                let amount = self.bits(expr, "number")?;
                Some(quote!(#amount.map(|amount| !amount)))
            }
            Expr::Path(path) => {
                let (rp, ask) = (&self.context.rp, format_ident!("{ask}"));
                if let Some(name) = path.path.get_ident() {
                    if self.locals.iter().any(|local| name == local) {
                        return None;
                    }
                    let argument = self.method.arguments.iter().position(|argument| argument.name == *name);
                    let field = field(argument?);
                    return Some(quote!((&#rp::Amount(&self.#field)).#ask()));
                }
                // `Light::Red`: a variant or a constant, the same whenever it is asked.
                let mut constant = Expr::Path(path.clone());
                self.context.own().visit_expr_mut(&mut constant);
                Some(quote!((&#rp::Amount(&#constant)).#ask()))
            }
            _ => None,
        }
    }
}

/// The amount of a body that is exactly `self.f = self.f.saturating_add(amount);`, and the type parameter of the operation
/// that must be an integer for it. What the field is, the strategy knows.
pub(super) fn adds(method: &Method, rp: &TokenStream) -> Option<(Option<Ident>, TokenStream)> {
    if method.kind != Kind::Exclusive {
        return None;
    }
    let [Stmt::Expr(Expr::Assign(assign), _)] = &*method.body.stmts else { return None };
    let Expr::MethodCall(call) = &*assign.right else { return None };
    let target = own_field(&assign.left)?;
    let exact = call.method == "saturating_add" && call.args.len() == 1 && call.turbofish.is_none();
    if !exact || own_field(&call.receiver)? != target {
        return None;
    }
    match call.args.first()? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            let number: u64 = number.base10_parse().ok()?;
            Some((None, quote!(#number)))
        }
        Expr::Path(path) => {
            let name = path.path.get_ident()?;
            let at = method.arguments.iter().position(|argument| argument.name == *name)?;
            let field = field(at);
            Some((Some(format_ident!("__A{at}")), quote!(#rp::Integer::to_word(self.#field))))
        }
        _ => None,
    }
}

/// The member, if this is `self.member`.
fn own_field(expression: &Expr) -> Option<&Member> {
    match expression {
        Expr::Field(field) if matches!(&*field.base, Expr::Path(path) if path.path.is_ident("self")) => {
            Some(&field.member)
        }
        _ => None,
    }
}

/// What `&mut` stands before.
fn borrowed(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Reference(reference) if reference.mutability.is_some() => Some(&reference.expr),
        _ => None,
    }
}
