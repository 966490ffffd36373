//! Expressions: what value comes out, and what happens to guards on the way.

use super::{
    Fact, Path, Root,
    state::{Guard, Held, Owner, Val, Walk},
};
use crate::{
    ir::{Closure, Expr, Kind, Pat, Seg, TyRef},
    model::{Known, Meaning, Ty},
    names::Name,
};

impl<'m> Walk<'_, 'm> {
    /// Walks an expression. A guard in the value is either still its variable's, or on its way.
    pub(super) fn eval(&mut self, expr: &'m Expr) -> Val<'m> {
        match &expr.kind {
            Kind::Nothing => Val::none(),
            Kind::Operands(operands) | Kind::Shown(operands) => {
                let mut result = Val::none();
                for operand in operands {
                    let val = self.eval(operand);
                    self.touch(&val);
                    result.loaded = result.loaded.or(val.loaded);
                    result.checks.extend(val.checks);
                }
                result
            }
            Kind::Diverge(operands) => {
                for operand in operands {
                    let val = self.eval(operand);
                    self.touch(&val);
                }
                self.dead = true;
                Val::none()
            }
            Kind::Path(path) => self.path(path),
            Kind::Field(inner, name) => {
                let val = self.eval(inner);
                self.field_of(val, *name)
            }
            Kind::Index(inner, index) => self.index(inner, index),
            Kind::Method(method) => self.method(method),
            Kind::Call(call) => self.call(call, expr.span),
            Kind::Ref(inner) => {
                let mut val = self.eval(inner);
                self.touch(&val);
                val.guard = None;
                val.pending = None;
                val.parts.clear();
                val
            }
            Kind::Deref(inner) => {
                let val = self.eval(inner);
                self.touch(&val);
                if val.guard.is_some() { self.behind(val) } else { val }
            }
            Kind::Await(inner) => self.await_expr(inner, expr.span),
            Kind::Try(inner) => self.try_expr(inner),
            Kind::Block(block) => self.block(block, false),
            Kind::Async(block) => {
                self.detach(|walk| {
                    let inlined = std::mem::replace(&mut walk.inlined, 1);
                    let val = walk.block(block, true);
                    walk.give(&val);
                    walk.inlined = inlined;
                });
                Val::none()
            }
            Kind::If(expr) => self.if_expr(expr),
            Kind::Let(both) => self.let_expr(&both.0, &both.1),
            Kind::Lazy(both) => self.lazy(&both.0, &both.1),
            Kind::Match(expr) => self.match_expr(expr),
            Kind::Loop(expr) => self.loop_expr(expr),
            Kind::Closure(closure) => {
                self.detach(|walk| walk.closure_body(closure, None));
                let mut val = Val::of(Ty::Callable);
                val.closure = Some(closure);
                val
            }
            Kind::Assign(both) => {
                self.assign(&both.0, &both.1);
                Val::none()
            }
            Kind::Return(inner) => {
                let val = inner.as_ref().map_or_else(Val::none, |inner| self.eval(inner));
                self.pick_up(&val);
                if self.inlined == 0 {
                    self.returned(val);
                } else {
                    self.give(&val);
                }
                self.left_early |= self.branches > 0;
                self.dead = true;
                Val::none()
            }
            Kind::Break(label, inner) => {
                if let Some(inner) = inner {
                    let val = self.eval(inner);
                    self.pick_up(&val);
                    self.give(&val);
                }
                self.leave(*label, true);
                Val::none()
            }
            Kind::Continue(label) => {
                self.leave(*label, false);
                Val::none()
            }
            Kind::Struct(path, fields) => {
                for (_, field) in fields {
                    let val = self.eval(field);
                    self.pick_up(&val);
                    self.give(&val);
                }
                Val::of(self.written(&TyRef::Path(path.clone())))
            }
            Kind::Tuple(operands) => {
                let mut parts = Vec::new();
                for operand in operands {
                    let val = self.eval(operand);
                    self.pick_up(&val);
                    parts.push(val);
                }
                let mut val = Val::of(Ty::Tuple(parts.iter().map(|part| part.ty.clone()).collect()));
                val.parts = parts;
                val
            }
        }
    }

    fn index(&mut self, inner: &'m Expr, index: &'m Expr) -> Val<'m> {
        let val = self.eval(inner);
        self.touch(&val);
        let index = self.eval(index);
        self.touch(&index);
        let ty = val.ty.peeled();
        Val::of(match &ty {
            Ty::Of(Known::Seq, _) => ty.inner(),
            Ty::Of(Known::Map, args) => args.get(1).cloned().unwrap_or(Ty::Unknown),
            _ => Ty::Unknown,
        })
    }

    /// `let p = x` in a condition.
    fn let_expr(&mut self, pat: &'m Pat, value: &'m Expr) -> Val<'m> {
        let val = self.eval(value);
        self.checks.extend(&val.checks);
        if has_binding(pat) {
            self.pick_up(&val);
        } else {
            self.touch(&val);
        }
        self.bind(pat, val);
        Val::none()
    }

    fn lazy(&mut self, left: &'m Expr, right: &'m Expr) -> Val<'m> {
        let first = self.operand(left);
        let before = (self.held.clone(), self.dead);
        self.branches += 1;
        let second = self.operand(right);
        self.branches -= 1;
        // A `let` on the right holds for the block, which is only entered if it matched.
        if !super::control::has_let(right) {
            self.join(before);
        }
        let mut val = Val::none();
        val.checks = first.checks.into_iter().chain(second.checks).collect();
        val
    }

    fn operand(&mut self, expr: &'m Expr) -> Val<'m> {
        if super::control::has_let(expr) {
            return self.eval(expr);
        }
        self.with_temporaries(|walk| {
            let val = walk.eval(expr);
            walk.touch(&val);
            val
        })
    }

    /// A type that is written in this function.
    pub(super) fn written(&mut self, ty: &TyRef) -> Ty {
        let signature = self.flow.signature(self.id);
        let mut generics = self.function.generics.clone();
        if let Some((block, _)) = self.flow.model.owner(self.id) {
            generics.extend(block.generics.clone());
        }
        self.flow.model.resolve_ty(self.module, ty, &generics, signature.me.as_ref())
    }

    fn path(&mut self, path: &[Seg]) -> Val<'m> {
        if let [only] = path
            && let Some(binding) = self.lookup(only.name)
        {
            let mut val = binding.val.clone();
            let id = binding.id;
            // Whoever owns it knows: an assignment on another path may have changed what the variable says.
            let owned = self.held.iter().rev().find(|held| held.owner == Owner::Variable(id)).map(|held| held.taken.id);
            val.guard = match (owned, val.guard) {
                (Some(id), Some(guard)) => Some(Guard { id, ..guard }),
                (Some(id), None) if val.parts.is_empty() => Some(Guard { id, wrapped: false, paired: false }),
                (None, Some(guard)) => {
                    if self.detached > 0 {
                        self.captured.push(id);
                    }
                    self.held.iter().any(|held| held.taken.id == guard.id).then_some(guard)
                }
                _ => None,
            };
            return val;
        }
        let names: Vec<Name> = path.iter().map(|segment| segment.name).collect();
        match self.flow.model.resolve(self.module, &names, true) {
            Some(Meaning::Static(id)) => {
                let mut val = Val::of(self.flow.static_ty(id).clone());
                val.path = Some(Path::root(Root::Static(id)));
                val
            }
            Some(Meaning::Function(_)) => Val::of(Ty::Of(Known::Foreign, std::sync::Arc::new([]))),
            _ => Val::none(),
        }
    }

    pub(super) fn field_of(&mut self, val: Val<'m>, name: Name) -> Val<'m> {
        if let Some(guard) = val.guard
            && guard.paired
            && name.text() == "0"
        {
            let mut first = Val::of(val.ty);
            first.guard = Some(Guard { paired: false, ..guard });
            return first;
        }
        if let Some(part) = name.text().parse::<usize>().ok().and_then(|at| val.parts.get(at)) {
            return part.clone();
        }
        self.touch(&val);
        let val = if val.guard.is_some() { self.behind(val) } else { val };
        let mut ty = val.ty.peeled();
        let mut path = val.path;
        // Through `Deref` of the workspace's own types.
        for _ in 0..4 {
            let Ty::Own(id, _) = &ty else { break };
            if self.flow.model.type_def(*id).fields.iter().any(|field| field.name == name) {
                break;
            }
            let Some(target) = self.flow.model.derefs.get(id) else { break };
            path = self.through_deref(*id, path);
            ty = target.peeled();
        }
        let mut field = Val::of(self.flow.field(&ty, name));
        field.path = path.map(|path| path.field(name));
        field
    }

    fn await_expr(&mut self, inner: &'m Expr, span: crate::ir::Span) -> Val<'m> {
        let mut val = self.eval(inner);
        let pending = val.pending.take();
        if pending.is_none() {
            self.pick_up(&val);
            self.give(&val);
        }
        let held = self.held_now();
        if !held.is_empty() {
            self.fact(Fact::Await { span, held });
        }
        if let Some(pending) = pending {
            return if pending.awaits { self.taken_now(*pending) } else { Val::none() };
        }
        if let Some((function, paths, at)) = val.future.take() {
            return self.apply(&[function], &paths, at, val.ty);
        }
        Val::of(val.ty)
    }

    fn try_expr(&mut self, inner: &'m Expr) -> Val<'m> {
        let mut val = self.eval(inner);
        self.left_early = true;
        if let Some(pending) = val.pending.take() {
            return if pending.awaits { Val::none() } else { self.taken_now(*pending) };
        }
        if let Some(guard) = &mut val.guard {
            guard.wrapped = false;
            return val;
        }
        if matches!(val.ty, Ty::Of(Known::Option | Known::Result, _)) {
            val.ty = val.ty.inner();
            val.path = val.path.map(|path| path.field(Name::new("?")));
        }
        val
    }

    /// The guard of a lock that is taken at this moment.
    pub(super) fn taken_now(&mut self, pending: super::state::Pending) -> Val<'m> {
        let ty = Ty::of(Known::Guard(pending.taken.family, pending.taken.mode), pending.taken.of.clone());
        let id = self.take(pending.taken, pending.blocking);
        let mut val = Val::of(ty);
        val.guard = Some(Guard { id, wrapped: false, paired: false });
        val
    }

    fn assign(&mut self, target: &'m Expr, value: &'m Expr) {
        let val = self.eval(value);
        self.pick_up(&val);
        if let Kind::Path(path) = &target.kind
            && let [only] = &**path
        {
            let fresh = self.fresh();
            if let Some(binding) = self.lookup_mut(only.name) {
                let id = binding.id;
                let ty = if val.ty == Ty::Unknown { binding.val.ty.clone() } else { val.ty.clone() };
                let path = Some(Path::root(Root::Local(fresh)));
                binding.val = Val { path, guard: val.guard, ..Val::of(ty) };
                self.held.retain(|held| held.owner != Owner::Variable(id));
                if let Some(guard) = val.guard {
                    self.own(guard.id, Owner::Variable(id), false);
                }
                return;
            }
        }
        self.give(&val);
        let place = self.eval(target);
        self.touch(&place);
    }

    /// Walks code that runs some other time, on another thread for all we know: nothing is held there.
    pub(super) fn detach(&mut self, inside: impl FnOnce(&mut Self)) {
        let held = std::mem::take(&mut self.held);
        let targets = std::mem::take(&mut self.targets);
        let checks = std::mem::take(&mut self.checks);
        let around = std::mem::take(&mut self.inside);
        let captured = std::mem::take(&mut self.captured);
        let dead = std::mem::replace(&mut self.dead, false);
        let context = self.fresh();
        let context = std::mem::replace(&mut self.context, context);
        self.detached += 1;
        inside(self);
        self.detached -= 1;
        self.context = context;
        self.held = held;
        self.targets = targets;
        self.checks = checks;
        self.inside = around;
        self.dead = dead;
        // A guard that it uses has moved into it.
        let used = std::mem::replace(&mut self.captured, captured);
        self.held.retain(|held| !matches!(held.owner, Owner::Variable(id) if used.contains(&id)));
    }

    /// Walks a closure that is called right here, while what is held stays held, and `more` too.
    pub(super) fn inline(&mut self, closure: &'m Closure, more: Vec<Held>, argument: Option<Val<'m>>) {
        if self.inlined > 3 {
            return;
        }
        let held = self.held.clone();
        let dead = self.dead;
        self.held.extend(more);
        self.inlined += 1;
        if closure.is_async {
            self.detach(|walk| walk.closure_body(closure, None));
        } else {
            self.closure_body(closure, argument);
        }
        self.inlined -= 1;
        self.held = held;
        self.dead = dead;
    }

    pub(super) fn closure_body(&mut self, closure: &'m Closure, argument: Option<Val<'m>>) {
        let deeper = self.inlined.max(1);
        let inlined = std::mem::replace(&mut self.inlined, deeper);
        let mut argument = argument;
        self.with_scope(|walk| {
            for (pat, ty) in &closure.params {
                let val = match argument.take() {
                    Some(val) => val,
                    None => Val::of(walk.written(ty)),
                };
                walk.bind(pat, val);
            }
            walk.with_temporaries(|walk| {
                let val = walk.eval(&closure.body);
                walk.pick_up(&val);
                walk.give(&val);
            });
        });
        self.inlined = inlined;
    }
}

fn has_binding(pat: &Pat) -> bool {
    match pat {
        Pat::Bind(_) => true,
        Pat::Wild | Pat::Names(_) => false,
        Pat::Fields(_, fields) => fields.iter().any(|(_, pat)| has_binding(pat)),
        Pat::Tuple(parts) => parts.iter().any(has_binding),
    }
}
