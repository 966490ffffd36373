//! Method calls: those that lock, those on guards and on what they guard, and those known by name.

use std::sync::Arc;

use super::{
    Fact, GuardKind, Path, Root, Step, Taken,
    known::{self, Locking},
    state::{Guard, Pending, Val, Walk},
};
use crate::{
    ir::{Kind, Method},
    model::{Family, Known, Mode, Ty, TypeId},
    names::Name,
};

impl<'m> Walk<'_, 'm> {
    pub(super) fn method(&mut self, call: &'m Method) -> Val<'m> {
        let mut on = self.eval(&call.receiver);
        let name = call.name.text();
        if let Some(pending) = on.pending.take() {
            return self.on_pending(call, *pending);
        }
        if let Some(guard) = on.guard {
            if guard.wrapped {
                return self.on_wrapped(call, on, guard);
            }
            if matches!(name, "unlock" | "release" | "unlock_fair") {
                self.pick_up(&on);
                self.give(&on);
                return Val::none();
            }
            self.touch(&on);
            return self.on_guarded(call, on, guard);
        }
        self.touch(&on);
        if let Some(locking) = known::locking(&on.ty.peeled(), name, call.args.len()) {
            return self.lock(call, &on, &locking);
        }
        if name == "lock" && call.args.is_empty() && on.ty == Ty::Unknown && on.path.is_some() {
            // Its type is not known: it is std's mutex if a `Result` comes out.
            let label = self.label(on.path.as_ref());
            let taken = self.taken(&on, label, Mode::Lock, Family::Unknown, call.at);
            on.pending = Some(Box::new(Pending { taken, awaits: false, blocking: true }));
            on.path = None;
            return on;
        }
        self.plain_method(call, on)
    }

    fn lock(&mut self, call: &'m Method, on: &Val<'m>, locking: &Locking) -> Val<'m> {
        let label = self.label(on.path.as_ref());
        let inner = Val { ty: on.ty.peeled(), ..on.clone() };
        let mut taken = self.taken(&inner, label, locking.mode, locking.family, call.at);
        taken.reentrant = locking.reentrant;
        for arg in &call.args {
            let val = self.eval(arg);
            self.give(&val);
        }
        let unknown = locking.family == Family::Unknown;
        if locking.future || locking.attempt || unknown {
            let mut val = Val::none();
            val.pending = Some(Box::new(Pending { taken, awaits: locking.future, blocking: !locking.attempt }));
            return val;
        }
        let mut val = self.taken_now(Pending { taken, awaits: false, blocking: true });
        if let Some(guard) = &mut val.guard {
            guard.wrapped = locking.wrapped;
        }
        val
    }

    /// On what `try_lock` returned, or on what an unknown `lock` did.
    fn on_pending(&mut self, call: &'m Method, mut pending: Pending) -> Val<'m> {
        let name = call.name.text();
        for arg in &call.args {
            let val = self.eval(arg);
            self.give(&val);
        }
        if pending.awaits {
            return Val::none();
        }
        if known::unwraps(name) {
            if pending.taken.family == Family::Unknown {
                pending.taken.family = Family::Std;
            }
            return self.taken_now(pending);
        }
        let mut val = Val::none();
        if known::rewraps(name) {
            val.pending = Some(Box::new(pending));
        }
        val
    }

    /// On a `LockResult`.
    fn on_wrapped(&mut self, call: &'m Method, mut on: Val<'m>, guard: Guard) -> Val<'m> {
        let name = call.name.text();
        if known::unwraps(name) || known::rewraps(name) {
            for arg in &call.args {
                let val = self.eval(arg);
                self.give(&val);
            }
            on.guard = Some(Guard { wrapped: known::rewraps(name), ..guard });
            return on;
        }
        if known::runs_closure(name) {
            for arg in &call.args {
                let mut argument = Val::of(on.ty.clone());
                argument.guard = Some(Guard { wrapped: false, ..guard });
                self.argument(arg, true, Some(argument));
            }
            self.pick_up(&on);
            self.give(&on);
            return Val::none();
        }
        self.touch(&on);
        self.arguments(&call.args, &[], 0, &[]);
        Val::none()
    }

    /// On what a guard guards.
    fn on_guarded(&mut self, call: &'m Method, on: Val<'m>, guard: Guard) -> Val<'m> {
        let behind = self.behind(on);
        let lock = self.held.iter().find(|held| held.taken.id == guard.id).and_then(|held| held.taken.path.clone());
        let mut used = None;
        if let Some(lock) = lock {
            let number = self.fresh();
            used = Some(number);
            let inside = self.inside.clone();
            self.fact(Fact::Use {
                lock,
                id: guard.id,
                method: call.name,
                key: call.key,
                span: call.at,
                number,
                inside,
            });
        }
        let locking = known::locking(&behind.ty.peeled(), call.name.text(), call.args.len());
        let mut val = match locking {
            Some(locking) => self.lock(call, &behind, &locking),
            None => self.plain_method(call, behind),
        };
        if let Some(number) = used
            && matches!(call.name.text(), "contains_key" | "contains" | "get" | "is_some" | "is_none" | "is_empty")
        {
            val.checks.push(number);
        }
        val
    }

    fn plain_method(&mut self, call: &'m Method, on: Val<'m>) -> Val<'m> {
        let name = call.name.text();
        let ty = on.ty.unboxed();
        // The workspace's own methods, also through `Deref`.
        let mut target = ty.peeled();
        let mut path = on.path.clone();
        for _ in 0..5 {
            let Ty::Own(id, args) = &target else { break };
            let found = self.flow.model.methods(*id, call.name);
            if !found.is_empty() {
                return self.own_method(call, found, path, *id, &args.clone());
            }
            let Some(deref) = self.flow.model.derefs.get(id) else { break };
            path = self.through_deref(*id, path);
            target = deref.peeled();
            if let Some(locking) = known::locking(&target, name, call.args.len()) {
                let inner = Val { path, ..Val::of(target) };
                return self.lock(call, &inner, &locking);
            }
        }
        match (name, &ty) {
            ("clone", Ty::Of(Known::Shared, _)) => return on,
            ("load", _) if call.args.len() == 1 && atomic(&ty) => {
                let mut val = Val::of(Ty::Of(Known::Primitive, Arc::new([])));
                val.loaded = on.path.map(|path| (path, call.at));
                return val;
            }
            ("store", _) if call.args.len() == 2 && atomic(&ty) => return self.store(call, &on),
            (_, _) if name.starts_with("wait") => {
                if let Some(val) = self.wait(call, &ty) {
                    return val;
                }
            }
            ("recv", Ty::Of(Known::Receiver, _)) => self.blocks("waits for a message", call.at, None),
            ("join", Ty::Of(Known::JoinHandle, _)) => self.blocks("waits for a thread to end", call.at, None),
            ("send", Ty::Of(Known::BoundedSender, _)) => self.blocks("waits for room in a channel", call.at, None),
            // A process is spawned without an argument.
            ("spawn", _) if !call.args.is_empty() => self.fact(Fact::Spawn),
            _ => {}
        }
        self.foreign_method(call, on, &ty)
    }

    /// A method of a type from elsewhere.
    fn foreign_method(&mut self, call: &'m Method, on: Val<'m>, ty: &Ty) -> Val<'m> {
        let name = call.name.text();
        let inline = known::runs_closure(name);
        let element = match ty {
            Ty::Of(Known::Option | Known::Result | Known::Seq, _) => Some(ty.inner()),
            _ => None,
        };
        for arg in &call.args {
            let argument = element.clone().filter(|_| inline).map(Val::of);
            let val = self.argument(arg, inline, argument);
            self.pick_up(&val);
            self.give(&val);
        }
        if known::same_object(name) && (call.args.is_empty() || name == "get_or_init") {
            return on;
        }
        let mut val = Val::of(returned(name, ty));
        if known::unwraps(name) && matches!(ty, Ty::Of(Known::Option | Known::Result, _)) {
            val.path = on.path.map(|path| path.field(Name::new("?")));
        }
        val.checks = on.checks;
        val
    }

    /// The path of what a type derefs to.
    pub(super) fn through_deref(&mut self, id: TypeId, path: Option<Path>) -> Option<Path> {
        let methods = self.flow.model.methods(id, Name::new("deref"));
        self.callees.extend(methods);
        let through = methods.first().and_then(|id| self.flow.summary(*id).returns.clone());
        match through {
            Some(through) if through.root == Root::Param(0) => path.map(|path| path.then(&through.fields)),
            _ => path.map(|path| path.field(Name::new("deref"))),
        }
    }

    /// `Condvar::wait` and its kin.
    fn wait(&mut self, call: &'m Method, ty: &Ty) -> Option<Val<'m>> {
        let name = call.name.text();
        let is_condvar = matches!(ty, Ty::Of(Known::Condvar(_), _));
        if matches!(ty, Ty::Of(Known::Barrier, _)) {
            self.blocks("waits at a barrier", call.at, None);
            return None;
        }
        if !is_condvar && *ty != Ty::Unknown {
            return None;
        }
        let (first, rest) = call.args.split_first()?;
        if !is_condvar && !matches!(first.kind, Kind::Path(_)) {
            return None;
        }
        // parking_lot takes `&mut guard`, std the guard.
        let by_reference = matches!(first.kind, Kind::Ref(_));
        let inner = if let Kind::Ref(inner) = &first.kind { inner } else { first };
        let val = self.eval(inner);
        for arg in rest {
            let val = self.argument(arg, false, None);
            self.touch(&val);
        }
        if !is_condvar && val.guard.is_none() {
            return None;
        }
        let kind = match val.guard.and_then(|guard| self.held.iter().find(|held| held.taken.id == guard.id)) {
            Some(held) if held.taken.kind != GuardKind::Argument && held.taken.steps.len() == 1 => GuardKind::Named,
            _ => GuardKind::Argument,
        };
        let in_loop = self.targets.iter().any(|target| target.is_loop);
        if name == "wait" && call.args.len() == 1 {
            let family = if let Ty::Of(Known::Condvar(family), _) = ty { *family } else { Family::Std };
            let of = val
                .guard
                .and_then(|guard| self.held.iter().find(|held| held.taken.id == guard.id))
                .map(|held| held.taken.of.clone());
            self.fact(Fact::Wait { span: call.at, in_loop, guard: kind, family, of: of.unwrap_or(Ty::Unknown) });
        }
        if let Some(guard) = val.guard {
            let held: Vec<Taken> = self.held_now().into_iter().filter(|held| held.id != guard.id).collect();
            if !held.is_empty() {
                let steps = vec![Step { function: self.id, span: call.at }];
                self.fact(Fact::Block { what: "waits for a condition variable", steps, held });
            }
        }
        if by_reference {
            self.touch(&val);
            return Some(Val::none());
        }
        self.pick_up(&val);
        let mut after = Val::of(val.ty.clone());
        after.guard = val.guard.map(|guard| Guard { wrapped: true, paired: name.starts_with("wait_timeout"), ..guard });
        Some(after)
    }

    fn store(&mut self, call: &'m Method, on: &Val<'m>) -> Val<'m> {
        let val = self.eval(&call.args[0]);
        self.touch(&val);
        if let (Some((loaded, load)), Some(path)) = (&val.loaded, &on.path)
            && loaded == path
            // Under a lock: its other writers take it too, or it would be of no use.
            && !self.held_now().iter().any(|held| held.mode != Mode::Read)
        {
            let label = self.label(Some(path));
            self.fact(Fact::LoadStore { span: call.at, load: *load, label });
        }
        let relaxed = matches!(&call.args[1].kind, Kind::Path(path) if path.last().is_some_and(|last| last.name.text() == "Relaxed"));
        if relaxed && let Some(path) = &on.path {
            let flag = matches!(call.args[0].kind, Kind::Nothing);
            self.fact(Fact::RelaxedStore { span: call.at, path: path.clone(), flag });
        }
        Val::none()
    }
}

fn atomic(ty: &Ty) -> bool {
    matches!(ty, Ty::Unknown | Ty::Of(Known::Atomic, _))
}

/// What well-known methods return.
fn returned(name: &str, ty: &Ty) -> Ty {
    let second = |args: &Arc<[Ty]>| args.get(1).cloned().unwrap_or(Ty::Unknown);
    match (name, ty) {
        ("clone" | "to_owned" | "cloned" | "copied", _) => ty.clone(),
        (
            "unwrap" | "expect" | "unwrap_or_default" | "unwrap_or" | "unwrap_or_else",
            Ty::Of(Known::Option | Known::Result, _),
        ) => ty.inner(),
        (
            "ok" | "ok_or" | "ok_or_else" | "map_err" | "take" | "filter" | "or_else",
            Ty::Of(Known::Option | Known::Result, args),
        ) => Ty::Of(Known::Option, args.clone()),
        (
            "iter" | "iter_mut" | "into_iter" | "drain" | "rev" | "skip" | "take" | "chain" | "collect" | "to_vec",
            Ty::Of(Known::Seq, _),
        ) => ty.clone(),
        ("iter" | "iter_mut" | "into_iter", Ty::Of(Known::Map, args)) => Ty::of(Known::Seq, Ty::Tuple(args.clone())),
        ("values" | "values_mut" | "into_values", Ty::Of(Known::Map, args)) => Ty::of(Known::Seq, second(args)),
        ("get" | "get_mut" | "remove", Ty::Of(Known::Map, args)) => Ty::of(Known::Option, second(args)),
        ("get" | "get_mut" | "first" | "last" | "pop" | "pop_front" | "next", Ty::Of(Known::Seq, _)) => {
            Ty::of(Known::Option, ty.inner())
        }
        ("enumerate", Ty::Of(Known::Seq, _)) => {
            Ty::of(Known::Seq, Ty::Tuple(Arc::new([Ty::Of(Known::Primitive, Arc::new([])), ty.inner()])))
        }
        _ => Ty::Unknown,
    }
}
