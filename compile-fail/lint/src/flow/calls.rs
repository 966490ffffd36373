//! Calls of functions: the workspace's own by their summaries, closures by walking them, others by name.

use std::sync::Arc;

use super::{
    Fact, GuardKind, Path, Root, Step, Taken, known,
    state::{Guard, Held, Owner, Val, Walk},
};
use crate::{
    ir::{Call, Expr, Kind, Method, Seg, Span, TyRef},
    model::{FnId, Known, Meaning, Mode, Ty, TypeId},
    names::Name,
};

impl<'m> Walk<'_, 'm> {
    /// A method of the workspace.
    pub(super) fn own_method(
        &mut self,
        call: &'m Method,
        found: &[FnId],
        path: Option<Path>,
        id: TypeId,
        args: &[Ty],
    ) -> Val<'m> {
        let calls = self.flow.summary(found[0]).calls.clone();
        let me = [path];
        let given = self.arguments(&call.args, &calls, 1, &me);
        let paths = me.into_iter().chain(given).collect();
        let params: Vec<Name> = self.flow.model.type_def(id).generics.iter().map(|generic| generic.name).collect();
        let output = self.flow.signature(found[0]).output.with(&params, args);
        self.enter(found, paths, call.at, output)
    }

    /// A function of the workspace is called.
    fn enter(&mut self, found: &[FnId], paths: Vec<Option<Path>>, at: Span, output: Ty) -> Val<'m> {
        self.callees.extend(found);
        let function = self.flow.model.function(found[0]);
        if self.targets.iter().any(|target| target.is_loop) && function.calls.iter().any(|name| name.text() == "wait") {
            self.fact(Fact::LoopCall { to: found[0] });
        }
        if function.is_async {
            let mut val = Val::of(output);
            val.future = Some((found[0], paths.into(), at));
            return val;
        }
        self.apply(found, &paths, at, output)
    }

    /// What a call does, by the summary of what is called. Where there are several, only what all of them do.
    pub(super) fn apply(&mut self, found: &[FnId], paths: &[Option<Path>], at: Span, output: Ty) -> Val<'m> {
        let mut val = Val::of(output);
        let first = found[0];
        if first == self.id {
            return val;
        }
        let flow = self.flow;
        let summary = flow.summary(first);
        for taken in &summary.taken {
            let same = |other: &FnId| {
                flow.summary(*other).taken.iter().any(|known| known.path == taken.path && known.mode == taken.mode)
            };
            if !found[1..].iter().all(same)
                || taken.steps.len() > 8
                || taken.steps.iter().any(|step| step.function == self.id)
            {
                continue;
            }
            if let Some(path) = here(taken.path.as_ref(), paths) {
                let taken = self.called(taken, Some(path), at);
                self.note(&taken, true);
            }
        }
        if let Some((what, steps)) = &summary.blocks
            && steps.len() < 6
        {
            self.blocks(what, at, Some(steps));
        }
        if found.len() > 1 {
            return val;
        }
        if let Some((taken, wrapped)) = &summary.guard {
            let taken = self.called(taken, here(taken.path.as_ref(), paths), at);
            val.guard = Some(Guard { id: taken.id, wrapped: *wrapped, paired: false });
            if matches!(val.ty, Ty::Of(..) | Ty::Unknown) {
                val.ty = Ty::of(Known::Guard(taken.family, taken.mode), taken.of.clone());
            }
            if !self.dead {
                self.held.push(Held { taken, owner: Owner::Moving });
            }
        } else {
            val.path = here(summary.returns.as_ref(), paths);
        }
        val
    }

    /// A lock that a called function takes, as it looks from here.
    fn called(&mut self, taken: &Taken, path: Option<Path>, at: Span) -> Taken {
        let label = if path.is_some() { self.label(path.as_ref()) } else { taken.label };
        let steps = std::iter::once(Step { function: self.id, span: at }).chain(taken.steps.iter().copied()).collect();
        let sure = taken.sure && self.surely();
        Taken {
            path,
            label,
            steps,
            id: self.fresh(),
            kind: GuardKind::Named,
            sure,
            certain: taken.sure,
            context: self.context,
            ..taken.clone()
        }
    }

    /// Something blocks.
    pub(super) fn blocks(&mut self, what: &'static str, at: Span, below: Option<&[Step]>) {
        let mut steps = vec![Step { function: self.id, span: at }];
        steps.extend(below.into_iter().flatten());
        let held = self.held_now();
        if !held.is_empty() {
            self.fact(Fact::Block { what, steps: steps.clone(), held });
        }
        if self.detached == 0 && !self.dead && self.summary.blocks.is_none() {
            self.summary.blocks = Some((what, steps));
        }
    }

    /// An argument; a closure is walked with what is held if it runs right here.
    pub(super) fn argument(&mut self, arg: &'m Expr, inline: bool, argument: Option<Val<'m>>) -> Val<'m> {
        if inline && let Kind::Closure(closure) = &arg.kind {
            self.inline(closure, Vec::new(), argument);
            return Val::none();
        }
        self.eval(arg)
    }

    /// The arguments of a call: their paths. A closure that is called under a lock is walked so. `before` are the paths
    /// of what stands before these arguments.
    pub(super) fn arguments(
        &mut self,
        args: &'m [Expr],
        calls: &[(u32, Vec<Taken>)],
        first: u32,
        before: &[Option<Path>],
    ) -> Vec<Option<Path>> {
        let mut paths = Vec::new();
        let mut given = Vec::new();
        for (number, arg) in args.iter().enumerate() {
            let position = first + u32::try_from(number).unwrap_or(0);
            let under = calls.iter().find(|(at, _)| *at == position);
            if let (Some((_, under)), Kind::Closure(closure)) = (under, &arg.kind) {
                let mut held = Vec::new();
                for taken in under {
                    if let Some(path) = here(taken.path.as_ref(), before) {
                        let taken = self.called(taken, Some(path), arg.span);
                        held.push(Held { taken, owner: Owner::Outside });
                    }
                }
                self.inline(closure, held, None);
                paths.push(None);
                continue;
            }
            let val = self.eval(arg);
            self.pick_up(&val);
            paths.push(val.path.clone());
            given.push(val);
        }
        for val in given {
            self.give(&val);
        }
        paths
    }

    pub(super) fn call(&mut self, call: &'m Call, span: Span) -> Val<'m> {
        let Kind::Path(path) = &call.callee.kind else {
            let callee = self.eval(&call.callee);
            self.touch(&callee);
            self.arguments(&call.args, &[], 0, &[]);
            self.callback(&callee, call.callee.span);
            return Val::none();
        };
        if let [only] = &**path
            && let Some(binding) = self.lookup(only.name)
        {
            let callee = binding.val.clone();
            self.arguments(&call.args, &[], 0, &[]);
            match callee.closure {
                Some(closure) => self.inline(closure, Vec::new(), None),
                None => self.callback(&callee, span),
            }
            return Val::none();
        }
        let names: Vec<&str> = path.iter().map(|segment| segment.name.text()).collect();
        match names.as_slice() {
            ["drop"] | ["mem", "drop"] | ["std" | "core", "mem", "drop"] if call.args.len() == 1 => {
                let val = self.eval(&call.args[0]);
                self.pick_up(&val);
                self.give(&val);
                return Val::none();
            }
            ["Some" | "Ok"] if call.args.len() == 1 => {
                let val = self.eval(&call.args[0]);
                self.pick_up(&val);
                self.give(&val);
                let known = if names[0] == "Some" { Known::Option } else { Known::Result };
                return Val::of(Ty::of(known, val.ty));
            }
            names if known::never_returns(names) => {
                self.arguments(&call.args, &[], 0, &[]);
                self.dead = true;
                return Val::none();
            }
            _ => {}
        }
        self.function_call(path, call, span)
    }

    fn callback(&mut self, callee: &Val<'m>, span: Span) {
        if !matches!(callee.ty.unboxed(), Ty::Callable | Ty::Param(_, true)) {
            return;
        }
        let held = self.held_now();
        if held.iter().any(|held| held.kind != GuardKind::Argument) {
            let param = matches!(&callee.path, Some(Path { root: Root::Param(_), fields }) if fields.is_empty());
            self.fact(Fact::Callback { span, held: held.clone(), param });
        }
        if let Some(Path { root: Root::Param(at), fields }) = &callee.path
            && fields.is_empty()
            && self.detached == 0
            && !self.dead
            && !self.summary.calls.iter().any(|(known, _)| known == at)
        {
            let held = held
                .into_iter()
                .filter(|held| held.path.as_ref().is_some_and(|path| !matches!(path.root, Root::Local(_))));
            self.summary.calls.push((*at, held.collect()));
        }
    }

    fn function_call(&mut self, path: &'m [Seg], call: &'m Call, span: Span) -> Val<'m> {
        let model = self.flow.model;
        let names: Vec<Name> = path.iter().map(|segment| segment.name).collect();
        let Some(method) = names.last().copied() else { return Val::none() };
        // `Self::f(..)`, `Type::f(..)`.
        if names.len() >= 2 {
            let on = self.written(&TyRef::Path(path[..path.len() - 1].into()));
            if let Ty::Own(id, args) = &on {
                let found = model.methods(*id, method);
                if !found.is_empty() {
                    let calls = self.flow.summary(found[0]).calls.clone();
                    let paths = self.arguments(&call.args, &calls, 0, &[]);
                    let params: Vec<Name> = model.type_def(*id).generics.iter().map(|generic| generic.name).collect();
                    let output = self.flow.signature(found[0]).output.with(&params, args);
                    return self.enter(found, paths, span, output);
                }
            }
            if let Ty::Of(known, _) = &on
                && let Some(val) = self.known_call(*known, method, call)
            {
                return val;
            }
        }
        match model.resolve(self.module, &names, true) {
            Some(Meaning::Function(id)) => {
                let calls = self.flow.summary(id).calls.clone();
                let paths = self.arguments(&call.args, &calls, 0, &[]);
                let output = self.flow.signature(id).output.clone();
                self.enter(&[id], paths, span, output)
            }
            Some(Meaning::Foreign(full)) => self.foreign_call(&full, call, span),
            _ => {
                self.arguments(&call.args, &[], 0, &[]);
                let constructs = method.text().starts_with(char::is_uppercase);
                Val::of(if constructs { self.written(&TyRef::Path(path.into())) } else { Ty::Unknown })
            }
        }
    }

    /// `Arc::clone(&x)`, `Mutex::new(x)`, `MutexGuard::map(g, f)`.
    fn known_call(&mut self, known: Known, method: Name, call: &'m Call) -> Option<Val<'m>> {
        let name = method.text();
        let first = call.args.first();
        match (known, name) {
            (Known::Shared, "clone") => {
                let mut val = self.eval(first?);
                self.touch(&val);
                val.guard = None;
                Some(val)
            }
            (Known::Guard(family, mode), "map" | "downgrade" | "upgrade" | "downgrade_to_upgradable") => {
                let mut val = self.eval(first?);
                self.pick_up(&val);
                for arg in &call.args[1..] {
                    self.argument(arg, true, None);
                }
                let mode = match name {
                    "downgrade" => Mode::Read,
                    "downgrade_to_upgradable" => Mode::Upgradable,
                    "upgrade" => Mode::Write,
                    _ => mode,
                };
                if let Some(guard) = val.guard {
                    for held in self.held.iter_mut().filter(|held| held.taken.id == guard.id) {
                        held.taken.mode = mode;
                    }
                }
                val.ty = Ty::of(Known::Guard(family, mode), Ty::Unknown);
                Some(val)
            }
            (Known::Guard(..), "unlocked" | "unlocked_fair") => {
                for arg in &call.args {
                    if let Kind::Closure(closure) = &arg.kind {
                        self.detach(|walk| walk.closure_body(closure, None));
                    } else {
                        let val = self.eval(arg);
                        self.touch(&val);
                    }
                }
                Some(Val::none())
            }
            (_, "new" | "const_new" | "from" | "pin" | "default" | "fair") => {
                let inner = match first {
                    Some(first) => {
                        let val = self.eval(first);
                        self.pick_up(&val);
                        self.give(&val);
                        val.ty
                    }
                    None => Ty::Unknown,
                };
                for arg in call.args.iter().skip(1) {
                    let val = self.eval(arg);
                    self.give(&val);
                }
                let inner = if inner == Ty::Callable { Ty::Unknown } else { inner };
                Some(Val::of(Ty::of(known, inner)))
            }
            _ => None,
        }
    }

    fn foreign_call(&mut self, full: &[Name], call: &'m Call, span: Span) -> Val<'m> {
        let names: Vec<&str> = full.iter().map(|name| name.text()).collect();
        match names.as_slice() {
            ["std", "thread", "scope"] => {
                for arg in &call.args {
                    self.argument(arg, true, None);
                }
                return Val::none();
            }
            ["std", "thread", "sleep"] => {
                self.arguments(&call.args, &[], 0, &[]);
                let in_loop = self.targets.iter().any(|target| target.is_loop) || self.detached > 0;
                self.fact(Fact::Sleep { span, in_loop });
                self.blocks("sleeps", span, None);
                return Val::none();
            }
            _ => {}
        }
        self.arguments(&call.args, &[], 0, &[]);
        match names.as_slice() {
            [.., "thread", "spawn"] | ["tokio", "spawn"] | ["tokio", "task", "spawn" | "spawn_blocking"] => {
                self.fact(Fact::Spawn);
                Val::of(if names[0] == "std" { Ty::Of(Known::JoinHandle, Arc::new([])) } else { Ty::Unknown })
            }
            ["std", "sync", "mpsc", "sync_channel"] => {
                let ends = [Known::BoundedSender, Known::Receiver].map(|known| Ty::Of(known, Arc::new([])));
                Val::of(Ty::Tuple(Arc::new(ends)))
            }
            ["std", "sync", "mpsc", "channel"] => {
                let ends = [Known::Foreign, Known::Receiver].map(|known| Ty::Of(known, Arc::new([])));
                Val::of(Ty::Tuple(Arc::new(ends)))
            }
            _ => Val::none(),
        }
    }
}

/// A path of the called function, as it is called here.
fn here(path: Option<&Path>, paths: &[Option<Path>]) -> Option<Path> {
    let path = path?;
    match path.root {
        Root::Param(at) => Some(paths.get(at as usize)?.as_ref()?.then(&path.fields)),
        Root::Static(_) => Some(path.clone()),
        Root::Local(_) => None,
    }
}
