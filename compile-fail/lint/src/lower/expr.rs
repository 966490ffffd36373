//! Function bodies. What cannot take, hold or release a lock is dropped here, so that little is kept.

use std::collections::BTreeSet;

use syn::{Expr as S, Lit, Member};

use super::{Lower, at, cfg, ident, macros, macros::Meaning, ty};
use crate::{
    ir::{Block, Call, Closure, Expr, Head, If, Kind, Let, Loop, Match, Method, Pat, Span, Stmt},
    names::Name,
};

/// Expressions that are nested deeper than this are not looked into.
const DEEPEST: usize = 400;

/// A name that makes a function worth looking at by itself.
const BUSY: &[&str] = &[
    "lock",
    "read",
    "write",
    "try_lock",
    "try_read",
    "try_write",
    "wait",
    "load",
    "store",
    "sleep",
    "recv",
    "join",
    "send",
    "spawn",
    "upgradable_read",
    "lock_arc",
    "read_arc",
    "write_arc",
    "wait_timeout",
    "upgrade",
];

/// The body of a function, what it calls, and whether it is worth looking at.
pub(crate) fn body(lower: &mut Lower, name: Name, block: &syn::Block) -> (Block, Box<[Name]>, bool) {
    let mut body = Body { lower, function: name, depth: 0, calls: BTreeSet::new(), busy: false };
    let block = body.block(block, None);
    let (calls, busy) = (body.calls, body.busy);
    (block, calls.into_iter().collect(), busy)
}

struct Body<'a> {
    lower: &'a mut Lower,
    function: Name,
    depth: usize,
    calls: BTreeSet<Name>,
    busy: bool,
}

impl Body<'_> {
    fn block(&mut self, block: &syn::Block, label: Option<&syn::Label>) -> Block {
        let items: Vec<_> = block
            .stmts
            .iter()
            .filter_map(|stmt| match stmt {
                syn::Stmt::Item(item) => Some(item.clone()),
                _ => None,
            })
            .collect();
        if !items.is_empty() {
            let name = Name::new(&format!("{{{}}}", self.function));
            self.lower.nested(name, true, |lower| {
                for item in &items {
                    lower.item(item);
                }
            });
        }
        let mut stmts = Vec::new();
        let mut tail = None;
        let last = block.stmts.len().saturating_sub(1);
        for (number, stmt) in block.stmts.iter().enumerate() {
            match stmt {
                syn::Stmt::Local(local) if cfg::holds(&local.attrs) => stmts.push(self.local(local)),
                syn::Stmt::Expr(expr, semi) if cfg::holds(attrs(expr)) => {
                    let expr = self.expr(expr);
                    if semi.is_none() && number == last {
                        tail = Some(Box::new(expr));
                    } else if !matches!(expr.kind, Kind::Nothing) {
                        stmts.push(Stmt::Expr(expr));
                    }
                }
                syn::Stmt::Macro(mac) if cfg::holds(&mac.attrs) => {
                    let expr = self.mac(&mac.mac);
                    if mac.semi_token.is_none() && number == last {
                        tail = Some(Box::new(expr));
                    } else if !matches!(expr.kind, Kind::Nothing) {
                        stmts.push(Stmt::Expr(expr));
                    }
                }
                _ => {}
            }
        }
        Block { label: label.map(|label| ident(&label.name.ident)), stmts: stmts.into(), tail }
    }

    fn local(&mut self, local: &syn::Local) -> Stmt {
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(typed) => (pattern(&typed.pat), Some(ty::lower(&typed.ty))),
            pat => (pattern(pat), None),
        };
        let (init, otherwise) = match &local.init {
            Some(init) => {
                let otherwise = init.diverge.as_ref().map(|(_, expr)| {
                    let expr = self.expr(expr);
                    match expr.kind {
                        Kind::Block(block) => *block,
                        _ => Block { tail: Some(Box::new(expr)), ..Block::default() },
                    }
                });
                (Some(self.expr(&init.expr)), otherwise)
            }
            None => (None, None),
        };
        Stmt::Let(Box::new(Let { pat, ty, init, otherwise }))
    }

    fn boxed(&mut self, expr: &S) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a S>) -> Box<[Expr]> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    fn operands<'a>(&mut self, exprs: impl IntoIterator<Item = &'a S>) -> Kind {
        let exprs: Box<[Expr]> = self.all(exprs).into_vec().into_iter().filter(interesting).collect();
        if exprs.is_empty() { Kind::Nothing } else { Kind::Operands(exprs) }
    }

    fn expr(&mut self, expr: &S) -> Expr {
        if let S::Paren(inner) = expr {
            return self.expr(&inner.expr);
        }
        if let S::Group(inner) = expr {
            return self.expr(&inner.expr);
        }
        if self.depth >= DEEPEST {
            return Expr { kind: Kind::Nothing, span: Span::default() };
        }
        self.depth += 1;
        let kind = self.kind(expr);
        self.depth -= 1;
        // The span of a whole expression would be slow to find out, and is never shown.
        let span = match &kind {
            Kind::Nothing => Span::default(),
            _ => at(token(expr)),
        };
        Expr { kind, span }
    }

    fn kind(&mut self, expr: &S) -> Kind {
        match expr {
            S::Array(expr) => self.operands(&expr.elems),
            S::Assign(expr) => Kind::Assign(Box::new((self.expr(&expr.left), self.expr(&expr.right)))),
            S::Async(expr) => Kind::Async(Box::new(self.block(&expr.block, None))),
            S::Await(expr) => {
                self.busy = true;
                Kind::Await(self.boxed(&expr.base))
            }
            S::Binary(expr) => match expr.op {
                syn::BinOp::And(_) | syn::BinOp::Or(_) => {
                    Kind::Lazy(Box::new((self.expr(&expr.left), self.expr(&expr.right))))
                }
                // `*a += *b` evaluates `b` first, if they are numbers.
                op if is_compound(&op) => self.operands([&*expr.right, &*expr.left]),
                _ => self.operands([&*expr.left, &*expr.right]),
            },
            S::Block(expr) => Kind::Block(Box::new(self.block(&expr.block, expr.label.as_ref()))),
            S::Break(expr) => Kind::Break(
                expr.label.as_ref().map(|label| ident(&label.ident)),
                expr.expr.as_ref().map(|expr| self.boxed(expr)),
            ),
            S::Call(expr) => {
                if let S::Path(path) = &*expr.func
                    && let Some(last) = path.path.segments.last()
                {
                    self.called(ident(&last.ident));
                }
                Kind::Call(Box::new(Call { callee: self.expr(&expr.func), args: self.all(&expr.args) }))
            }
            S::Cast(expr) => self.operands([&*expr.expr]),
            S::Closure(expr) => {
                let params = expr.inputs.iter().map(|pat| match pat {
                    syn::Pat::Type(typed) => (pattern(&typed.pat), ty::lower(&typed.ty)),
                    pat => (pattern(pat), crate::ir::TyRef::Other),
                });
                let params = params.collect();
                let body = self.expr(&expr.body);
                Kind::Closure(Box::new(Closure { params, body, is_async: expr.asyncness.is_some() }))
            }
            S::Continue(expr) => Kind::Continue(expr.label.as_ref().map(|label| ident(&label.ident))),
            S::Field(expr) => Kind::Field(self.boxed(&expr.base), member(&expr.member)),
            S::ForLoop(expr) => Kind::Loop(Box::new(Loop {
                label: expr.label.as_ref().map(|label| ident(&label.name.ident)),
                head: Head::For(pattern(&expr.pat), self.expr(&expr.expr)),
                body: self.block(&expr.body, None),
            })),
            S::If(expr) => Kind::If(Box::new(If {
                cond: self.expr(&expr.cond),
                then: self.block(&expr.then_branch, None),
                otherwise: expr.else_branch.as_ref().map(|(_, expr)| self.expr(expr)),
            })),
            S::Index(expr) => Kind::Index(self.boxed(&expr.expr), self.boxed(&expr.index)),
            S::Let(expr) => Kind::Let(Box::new((pattern(&expr.pat), self.expr(&expr.expr)))),
            S::Loop(expr) => Kind::Loop(Box::new(Loop {
                label: expr.label.as_ref().map(|label| ident(&label.name.ident)),
                head: Head::Forever,
                body: self.block(&expr.body, None),
            })),
            S::Macro(expr) => self.mac(&expr.mac).kind,
            S::Match(expr) => {
                let on = self.expr(&expr.expr);
                let mut arms = Vec::new();
                for arm in expr.arms.iter().filter(|arm| cfg::holds(&arm.attrs)) {
                    let guard = arm.guard.as_ref().map(|(_, guard)| self.expr(guard));
                    arms.push((pattern(&arm.pat), guard, self.expr(&arm.body)));
                }
                Kind::Match(Box::new(Match { on, arms: arms.into() }))
            }
            S::MethodCall(expr) => self.method(expr),
            S::Path(expr) if expr.qself.is_none() => Kind::Path(ty::path(&expr.path)),
            S::Range(expr) => self.operands(expr.start.iter().chain(&expr.end).map(|expr| &**expr)),
            S::Reference(expr) => Kind::Ref(self.boxed(&expr.expr)),
            S::RawAddr(expr) => Kind::Ref(self.boxed(&expr.expr)),
            S::Repeat(expr) => self.operands([&*expr.expr]),
            S::Return(expr) => Kind::Return(expr.expr.as_ref().map(|expr| self.boxed(expr))),
            S::Struct(expr) => {
                let fields = expr.fields.iter().filter(|field| cfg::holds(&field.attrs));
                let fields = fields.map(|field| (member(&field.member), self.expr(&field.expr))).collect::<Vec<_>>();
                let rest = expr.rest.as_ref().map(|rest| {
                    (Name::new(".."), Expr { kind: Kind::Shown(self.all([&**rest])), span: Span::default() })
                });
                Kind::Struct(ty::path(&expr.path), fields.into_iter().chain(rest).collect())
            }
            S::Try(expr) => Kind::Try(self.boxed(&expr.expr)),
            S::TryBlock(expr) => Kind::Block(Box::new(self.block(&expr.block, None))),
            S::Tuple(expr) => Kind::Tuple(self.all(&expr.elems)),
            S::Unary(expr) => match expr.op {
                syn::UnOp::Deref(_) => Kind::Deref(self.boxed(&expr.expr)),
                _ => self.operands([&*expr.expr]),
            },
            S::Unsafe(expr) => Kind::Block(Box::new(self.block(&expr.block, None))),
            S::While(expr) => Kind::Loop(Box::new(Loop {
                label: expr.label.as_ref().map(|label| ident(&label.name.ident)),
                head: Head::While(self.expr(&expr.cond)),
                body: self.block(&expr.body, None),
            })),
            _ => Kind::Nothing,
        }
    }

    fn called(&mut self, name: Name) {
        self.busy |= BUSY.contains(&name.text());
        self.calls.insert(name);
    }

    fn method(&mut self, expr: &syn::ExprMethodCall) -> Kind {
        let name = ident(&expr.method);
        self.called(name);
        let receiver = self.expr(&expr.receiver);
        let args = self.all(&expr.args);
        let key = expr.args.first().and_then(|arg| key(arg, 0)).map(|key| Name::new(&key));
        Kind::Method(Box::new(Method { receiver, name, at: at(expr.method.span()), args, key }))
    }

    fn mac(&mut self, mac: &syn::Macro) -> Expr {
        let span = mac.path.segments.last().map_or_else(Span::default, |last| at(last.ident.span()));
        let shown = |exprs: Box<[Expr]>| {
            let exprs: Box<[Expr]> = exprs.into_vec().into_iter().filter(interesting).collect();
            if exprs.is_empty() { Kind::Nothing } else { Kind::Shown(exprs) }
        };
        let kind = match macros::meaning(mac) {
            Meaning::Shown(exprs) => shown(self.all(&exprs)),
            Meaning::Condition(exprs) => {
                // In a block of its own, so that its temporaries end there.
                match shown(self.all(&exprs)) {
                    Kind::Nothing => Kind::Nothing,
                    kind => {
                        let stmts = Box::new([Stmt::Expr(Expr { kind, span })]);
                        Kind::Block(Box::new(Block { label: None, stmts, tail: None }))
                    }
                }
            }
            Meaning::Moved(exprs) => self.operands(&exprs),
            Meaning::Diverge(exprs) => Kind::Diverge(self.all(&exprs)),
            Meaning::Unknown => Kind::Nothing,
        };
        Expr { kind, span }
    }
}

fn is_compound(op: &syn::BinOp) -> bool {
    use syn::BinOp as B;
    matches!(
        op,
        B::AddAssign(_)
            | B::SubAssign(_)
            | B::MulAssign(_)
            | B::DivAssign(_)
            | B::RemAssign(_)
            | B::BitXorAssign(_)
            | B::BitAndAssign(_)
            | B::BitOrAssign(_)
            | B::ShlAssign(_)
            | B::ShrAssign(_)
    )
}

fn interesting(expr: &Expr) -> bool {
    !matches!(expr.kind, Kind::Nothing)
}

/// The token to point at.
fn token(expr: &S) -> proc_macro2::Span {
    match expr {
        S::Await(expr) => expr.await_token.span,
        S::Closure(expr) => expr.or1_token.span,
        S::MethodCall(expr) => expr.method.span(),
        S::Call(expr) => token(&expr.func),
        S::Path(expr) => expr.path.segments.last().map_or_else(proc_macro2::Span::call_site, |last| last.ident.span()),
        S::Field(expr) => match &expr.member {
            Member::Named(name) => name.span(),
            Member::Unnamed(index) => index.span,
        },
        S::Reference(expr) => token(&expr.expr),
        S::Unary(expr) => token(&expr.expr),
        S::Paren(expr) => token(&expr.expr),
        S::Try(expr) => token(&expr.expr),
        S::If(expr) => expr.if_token.span,
        S::Match(expr) => expr.match_token.span,
        S::Loop(expr) => expr.loop_token.span,
        S::While(expr) => expr.while_token.span,
        S::ForLoop(expr) => expr.for_token.span,
        S::Block(expr) => expr.block.brace_token.span.open(),
        S::Async(expr) => expr.async_token.span,
        S::Unsafe(expr) => expr.unsafe_token.span,
        S::Return(expr) => expr.return_token.span,
        S::Assign(expr) => expr.eq_token.span,
        S::Macro(expr) => {
            expr.mac.path.segments.last().map_or_else(proc_macro2::Span::call_site, |last| last.ident.span())
        }
        _ => proc_macro2::Span::call_site(),
    }
}

fn member(member: &Member) -> Name {
    match member {
        Member::Named(name) => ident(name),
        Member::Unnamed(index) => Name::new(&index.index.to_string()),
    }
}

/// A text for a simple expression that names a value: the key of a map.
fn key(expr: &S, depth: usize) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match expr {
        S::Reference(expr) => key(&expr.expr, depth + 1),
        S::Paren(expr) => key(&expr.expr, depth + 1),
        S::Unary(expr) if matches!(expr.op, syn::UnOp::Deref(_)) => key(&expr.expr, depth + 1),
        S::Path(expr) => {
            Some(expr.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::"))
        }
        S::Field(expr) => Some(format!("{}.{}", key(&expr.base, depth + 1)?, member(&expr.member))),
        S::Lit(expr) => match &expr.lit {
            Lit::Str(text) => Some(format!("{:?}", text.value())),
            Lit::Int(number) => Some(number.base10_digits().to_owned()),
            _ => None,
        },
        S::MethodCall(expr)
            if ["clone", "to_string", "to_owned", "into", "as_str", "as_ref"]
                .iter()
                .any(|name| expr.method == name) =>
        {
            key(&expr.receiver, depth + 1)
        }
        _ => None,
    }
}

/// A pattern.
pub(crate) fn pattern(pat: &syn::Pat) -> Pat {
    use syn::Pat as P;
    match pat {
        P::Ident(pat) if pat.subpat.is_none() => {
            let name = ident(&pat.ident);
            // `None`, `A_CONSTANT`: not a binding.
            if pat.ident.to_string().starts_with(|first: char| first.is_uppercase()) {
                Pat::Names(Box::default())
            } else {
                Pat::Bind(name)
            }
        }
        P::Ident(pat) => Pat::Bind(ident(&pat.ident)),
        P::Wild(_) => Pat::Wild,
        P::Reference(pat) => pattern(&pat.pat),
        P::Paren(pat) => pattern(&pat.pat),
        P::Type(pat) => pattern(&pat.pat),
        P::TupleStruct(pat) => {
            let fields =
                pat.elems.iter().enumerate().map(|(number, pat)| (Name::new(&number.to_string()), pattern(pat)));
            Pat::Fields(pat.path.segments.last().map(|last| ident(&last.ident)), fields.collect())
        }
        P::Struct(pat) => {
            let fields = pat.fields.iter().map(|field| (member(&field.member), pattern(&field.pat)));
            Pat::Fields(pat.path.segments.last().map(|last| ident(&last.ident)), fields.collect())
        }
        P::Tuple(pat) => Pat::Tuple(pat.elems.iter().map(pattern).collect()),
        pat => {
            let mut names = Vec::new();
            bound(pat, &mut names);
            Pat::Names(names.into())
        }
    }
}

fn bound(pat: &syn::Pat, names: &mut Vec<Name>) {
    use syn::Pat as P;
    match pat {
        P::Ident(pat) if pat.ident.to_string().starts_with(|first: char| !first.is_uppercase()) => {
            names.push(ident(&pat.ident))
        }
        P::Or(pat) => pat.cases.iter().take(1).for_each(|pat| bound(pat, names)),
        P::Slice(pat) => pat.elems.iter().for_each(|pat| bound(pat, names)),
        P::TupleStruct(pat) => pat.elems.iter().for_each(|pat| bound(pat, names)),
        P::Tuple(pat) => pat.elems.iter().for_each(|pat| bound(pat, names)),
        P::Struct(pat) => pat.fields.iter().for_each(|field| bound(&field.pat, names)),
        P::Reference(pat) => bound(&pat.pat, names),
        _ => {}
    }
}

/// The attributes of an expression that stands as a statement.
fn attrs(expr: &S) -> &[syn::Attribute] {
    match expr {
        S::Block(expr) => &expr.attrs,
        S::Call(expr) => &expr.attrs,
        S::MethodCall(expr) => &expr.attrs,
        S::Macro(expr) => &expr.attrs,
        S::Unsafe(expr) => &expr.attrs,
        S::Assign(expr) => &expr.attrs,
        S::Return(expr) => &expr.attrs,
        _ => &[],
    }
}
