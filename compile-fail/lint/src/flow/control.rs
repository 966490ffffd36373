//! Blocks, branches and loops: how long variables and temporaries live, and what is held where paths join.

use super::{
    Fact,
    state::{Guard, Held, Owner, Target, Val, Walk},
};
use crate::{
    ir::{Block, Expr, Head, If, Kind, Let, Loop, Match, Pat, Stmt},
    model::{Known, Ty},
    walk::Edition,
};

impl<'m> Walk<'_, 'm> {
    /// A block. `ends` says whether the temporaries of its last expression end with it in every edition.
    pub(super) fn block(&mut self, block: &'m Block, ends: bool) -> Val<'m> {
        if block.label.is_some() {
            self.targets.push(Target {
                label: block.label,
                is_loop: false,
                exits: Vec::new(),
                scopes: self.scopes.len(),
            });
        }
        self.scopes.push(Vec::new());
        for stmt in &block.stmts {
            self.with_temporaries(|walk| walk.statement(stmt));
        }
        let mut val = match &block.tail {
            Some(tail) if ends || self.edition >= Edition::From2024 => self.with_temporaries(|walk| {
                let val = walk.eval(tail);
                walk.pick_up(&val);
                val
            }),
            Some(tail) => {
                let val = self.eval(tail);
                self.pick_up(&val);
                val
            }
            None => Val::of(Ty::Tuple(std::sync::Arc::new([]))),
        };
        if let Some(guard) = val.guard
            && !self.held.iter().any(|held| held.taken.id == guard.id)
        {
            val.guard = None;
        }
        self.end_scope();
        if block.label.is_some()
            && let Some(target) = self.targets.pop()
        {
            self.join_all(target.exits);
        }
        val
    }

    fn join_all(&mut self, exits: Vec<Vec<Held>>) {
        for held in exits {
            self.join((held, false));
        }
    }

    fn statement(&mut self, stmt: &'m Stmt) {
        match stmt {
            Stmt::Let(stmt) => self.let_statement(stmt),
            Stmt::Expr(expr) => {
                let val = self.eval(expr);
                if val.ty == Ty::Of(Known::JoinHandle, std::sync::Arc::new([])) && self.fresh_handle(expr) {
                    self.fact(Fact::Dropped { span: expr.span });
                }
                self.give(&val);
            }
        }
    }

    /// Whether this expression starts a thread itself, rather than naming a handle.
    fn fresh_handle(&self, expr: &Expr) -> bool {
        matches!(&expr.kind, Kind::Call(call) if matches!(&call.callee.kind, Kind::Path(_)))
    }

    fn let_statement(&mut self, stmt: &'m Let) {
        let Some(init) = &stmt.init else {
            let ty = stmt.ty.as_ref().map_or(Ty::Unknown, |ty| self.written(ty));
            self.bind(&stmt.pat, Val::of(ty));
            return;
        };
        let before = self.checks.len();
        let mut val = if matches!(init.kind, Kind::Ref(_)) { self.extended(init) } else { self.eval(init) };
        let checks = self.checks.split_off(before);
        val.checks.extend(checks);
        if val.ty == Ty::Of(Known::JoinHandle, std::sync::Arc::new([]))
            && matches!(stmt.pat, Pat::Wild)
            && self.fresh_handle(init)
        {
            self.fact(Fact::Dropped { span: init.span });
        }
        if let Some(ty) = &stmt.ty
            && val.guard.is_none()
        {
            let written = self.written(ty);
            if written != Ty::Unknown {
                val.ty = written;
            }
        }
        if !matches!(stmt.pat, Pat::Wild) {
            self.pick_up(&val);
        }
        if let Some(otherwise) = &stmt.otherwise {
            // In the other block the value is gone; a lock whose `try_` failed is not held.
            let before = (self.held.clone(), self.dead);
            self.give(&val);
            let other = self.block(otherwise, true);
            self.give(&other);
            let (held, dead) = before;
            self.held = held;
            self.dead = dead;
        }
        self.bind(&stmt.pat, val);
    }

    /// `let x = &*m.lock().unwrap();`: the temporary lives as long as the variable.
    fn extended(&mut self, expr: &'m Expr) -> Val<'m> {
        match &expr.kind {
            Kind::Ref(inner) | Kind::Deref(inner) => {
                let mut val = self.extended(inner);
                if val.guard.is_some() {
                    val = self.behind(val);
                }
                val
            }
            Kind::Field(inner, name) => {
                let val = self.extended(inner);
                let val = if val.guard.is_some() { self.behind(val) } else { val };
                self.field_of(val, *name)
            }
            Kind::Index(inner, index) => {
                let val = self.extended(inner);
                let index = self.eval(index);
                self.touch(&index);
                Val::of(if matches!(val.ty.peeled(), Ty::Of(Known::Seq, _)) {
                    val.ty.peeled().inner()
                } else {
                    Ty::Unknown
                })
            }
            _ => {
                let val = self.eval(expr);
                if let Some(guard) = val.guard
                    && self.held.iter().any(|held| held.taken.id == guard.id && held.owner == Owner::Moving)
                {
                    let id = self.fresh();
                    self.own(guard.id, Owner::Variable(id), true);
                    let hidden =
                        super::state::Binding { name: crate::names::Name::new("&temporary"), id, val: Val::none() };
                    if let Some(scope) = self.scopes.last_mut() {
                        scope.push(hidden);
                    }
                }
                val
            }
        }
    }

    pub(super) fn if_expr(&mut self, expr: &'m If) -> Val<'m> {
        let matches = has_let(&expr.cond);
        self.temporaries += 1;
        let ending = self.temporaries;
        self.scopes.push(Vec::new());
        let above = std::mem::take(&mut self.checks);
        let cond = self.eval(&expr.cond);
        self.touch(&cond);
        let mut checks = std::mem::replace(&mut self.checks, above);
        checks.extend(cond.checks);
        if !matches {
            self.end_temporaries(ending);
        }
        let entry = (self.held.clone(), self.dead);
        let inside = self.inside.len();
        self.inside.extend(&checks);
        self.branches += 1;
        let mut val = self.with_temporaries(|walk| {
            let val = walk.block(&expr.then, true);
            walk.pick_up(&val);
            val
        });
        self.end_scope();
        if self.edition >= Edition::From2024 || matches {
            self.end_temporaries(ending);
        }
        let then = (std::mem::replace(&mut self.held, entry.0), std::mem::replace(&mut self.dead, entry.1));
        // What the pattern bound is not there in the other block.
        let bound: Vec<u32> = self
            .held
            .iter()
            .filter_map(|held| if let Owner::Variable(id) = held.owner { Some(id) } else { None })
            .collect();
        let alive = |walk: &Self, id: u32| walk.scopes.iter().flatten().any(|binding| binding.id == id);
        let gone: Vec<u32> = bound.into_iter().filter(|id| !alive(self, *id)).collect();
        self.held.retain(|held| !matches!(held.owner, Owner::Variable(id) if gone.contains(&id)));
        if matches && self.edition >= Edition::From2024 {
            self.end_temporaries(ending);
        }
        if let Some(otherwise) = &expr.otherwise {
            let other = self.with_temporaries(|walk| {
                let val = walk.eval(otherwise);
                walk.pick_up(&val);
                val
            });
            if val.path != other.path {
                val.path = None;
            }
            if val.guard.is_none() && other.guard.is_some() {
                val = other;
            }
        }
        self.branches -= 1;
        self.inside.truncate(inside);
        self.end_temporaries(ending);
        self.temporaries -= 1;
        self.join(then);
        self.checked_guard(val)
    }

    fn end_temporaries(&mut self, ending: u32) {
        self.held.retain(|held| !matches!(held.owner, Owner::Temporary(scope) if scope >= ending));
    }

    /// A guard that is not held on every path is no guard any more.
    fn checked_guard(&self, mut val: Val<'m>) -> Val<'m> {
        if let Some(guard) = val.guard
            && !self.held.iter().any(|held| held.taken.id == guard.id)
        {
            val.guard = None;
        }
        val
    }

    pub(super) fn match_expr(&mut self, expr: &'m Match) -> Val<'m> {
        let on = self.eval(&expr.on);
        if on.guard.is_none() && on.pending.is_none() {
            self.touch(&on);
        }
        let entry = (self.held.clone(), self.dead);
        let mut joined: Option<(Vec<Held>, bool)> = None;
        let mut result = Val::none();
        let mut alive = 0;
        let inside = self.inside.len();
        self.inside.extend(&on.checks);
        self.branches += 1;
        for (pat, guard, body) in &expr.arms {
            (self.held, self.dead) = entry.clone();
            let val = self.with_scope(|walk| {
                walk.with_temporaries(|walk| {
                    walk.bind(pat, on.clone());
                    if let Some(guard) = guard {
                        let val = walk.eval(guard);
                        walk.touch(&val);
                    }
                    let val = walk.eval(body);
                    walk.pick_up(&val);
                    val
                })
            });
            if !self.dead {
                if alive > 0 && result.path != val.path {
                    result.path = None;
                } else if alive == 0 {
                    result.path = val.path.clone();
                }
                alive += 1;
                if result.guard.is_none() {
                    let path = result.path.take();
                    result = Val { path, ..val };
                }
            }
            let arm = (std::mem::take(&mut self.held), self.dead);
            match joined.take() {
                None => joined = Some(arm),
                Some((held, dead)) => {
                    (self.held, self.dead) = arm;
                    self.join((held, dead));
                    joined = Some((std::mem::take(&mut self.held), self.dead));
                }
            }
        }
        self.branches -= 1;
        self.inside.truncate(inside);
        (self.held, self.dead) = joined.unwrap_or(entry);
        // The scrutinee itself is gone, unless an arm handed it on.
        if let Some(guard) = on.guard
            && result.guard.map(|guard| guard.id) != Some(guard.id)
        {
            self.held.retain(|held| {
                held.taken.id != guard.id || matches!(held.owner, Owner::Variable(_) | Owner::Temporary(_))
            });
        }
        self.checked_guard(result)
    }

    pub(super) fn loop_expr(&mut self, expr: &'m Loop) -> Val<'m> {
        // What is held at the head is what is held on entry and at the end of every round.
        if !self.held.is_empty() && self.rehearsing < 3 {
            let entry = (self.held.clone(), self.dead);
            self.rehearsing += 1;
            self.round(expr);
            self.rehearsing -= 1;
            let end = (std::mem::replace(&mut self.held, entry.0), std::mem::replace(&mut self.dead, entry.1));
            self.join(end);
        }
        self.round(expr);
        Val::none()
    }

    fn round(&mut self, expr: &'m Loop) {
        let scopes = self.scopes.len();
        self.targets.push(Target { label: expr.label, is_loop: true, exits: Vec::new(), scopes });
        let mut leaves = Vec::new();
        self.scopes.push(Vec::new());
        self.temporaries += 1;
        let ending = self.temporaries;
        match &expr.head {
            Head::Forever => {}
            Head::While(cond) => {
                let val = self.eval(cond);
                self.touch(&val);
                let mut out = self.held.clone();
                out.retain(|held| !matches!(held.owner, Owner::Temporary(scope) if scope >= ending));
                out.retain(|held| !matches!(held.owner, Owner::Variable(id) if self.scopes.last().is_some_and(|scope| scope.iter().any(|binding| binding.id == id))));
                leaves.push(out);
                if !has_let(cond) {
                    self.end_temporaries(ending);
                }
            }
            Head::For(pat, iter) => {
                let val = self.eval(iter);
                self.touch(&val);
                let element = match val.ty.peeled() {
                    Ty::Of(Known::Seq | Known::Option, args) => args.first().cloned().unwrap_or(Ty::Unknown),
                    Ty::Of(Known::Map, args) => Ty::Tuple(args),
                    _ => Ty::Unknown,
                };
                let mut out = self.held.clone();
                out.retain(|held| !matches!(held.owner, Owner::Temporary(scope) if scope >= ending));
                leaves.push(out);
                self.bind(pat, Val::of(element));
            }
        }
        let checks = std::mem::take(&mut self.checks);
        let always = matches!(expr.head, Head::Forever);
        self.branches += u32::from(!always);
        let val = self.with_temporaries(|walk| walk.block(&expr.body, true));
        self.branches -= u32::from(!always);
        self.checks = checks;
        self.give(&val);
        self.end_scope();
        self.end_temporaries(ending);
        self.temporaries -= 1;
        let target = self.targets.pop();
        leaves.extend(target.into_iter().flat_map(|target| target.exits));
        if matches!(expr.head, Head::Forever) {
            // The only way out is a `break`.
            self.dead = true;
        } else if !self.dead {
            leaves.push(self.held.clone());
        }
        for leave in leaves {
            self.join((leave, false));
        }
    }

    /// `break` and `continue`: what is held goes to where it leads.
    pub(super) fn leave(&mut self, label: Option<crate::names::Name>, breaks: bool) {
        let found = self.targets.iter().rposition(|target| match label {
            Some(label) => target.label == Some(label),
            None => target.is_loop,
        });
        if let Some(found) = found
            && !self.dead
            && breaks
        {
            let alive: Vec<u32> = self.scopes[..self.targets[found].scopes.min(self.scopes.len())]
                .iter()
                .flatten()
                .map(|binding| binding.id)
                .collect();
            let mut held = self.held.clone();
            held.retain(|held| match held.owner {
                Owner::Variable(id) => alive.contains(&id),
                Owner::Temporary(_) | Owner::Moving => false,
                Owner::Outside => true,
            });
            self.targets[found].exits.push(held);
        }
        self.dead = true;
    }

    /// What is behind a guard: the data that it guards.
    pub(super) fn behind(&mut self, val: Val<'m>) -> Val<'m> {
        let Some(Guard { id, .. }) = val.guard else { return val };
        let held = self.held.iter().find(|held| held.taken.id == id);
        let path = held.and_then(|held| held.taken.path.as_ref()).map(|path| path.field(crate::names::Name::new("*")));
        let mut inner = Val::of(val.ty.peeled());
        inner.path = path;
        inner
    }
}

/// Whether a condition has a `let` in it, so that its temporaries live on in the block.
pub(super) fn has_let(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Let(_) => true,
        Kind::Lazy(both) => has_let(&both.0) || has_let(&both.1),
        _ => false,
    }
}
