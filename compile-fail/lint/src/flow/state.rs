//! The state of the walk through one function: scopes with their variables, the guards that are held and who owns them,
//! temporaries.

use std::{collections::HashSet, sync::Arc};

use super::{Fact, Flow, GuardKind, Path, Root, Step, Summary, Taken};
use crate::{
    ir::{Closure, Function, Span},
    model::{Family, FnId, Known, Mode, Ty},
    names::Name,
    walk::Edition,
};

/// Who keeps a guard alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// It is on its way from the expression that made it to the one that takes it.
    Moving,
    /// A variable.
    Variable(u32),
    /// A temporary, until this scope of temporaries ends.
    Temporary(u32),
    /// The caller of the closure that is walked.
    Outside,
}

/// A guard that is held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) taken: Taken,
    pub(super) owner: Owner,
}

/// A guard as a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guard {
    pub(super) id: u32,
    /// In a `Result` or `Option`.
    pub(super) wrapped: bool,
    /// The first of a pair, as `wait_timeout` returns it.
    pub(super) paired: bool,
}

/// A lock that will be taken once its future is awaited or its `Result` unwrapped.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) taken: Taken,
    pub(super) awaits: bool,
    pub(super) blocking: bool,
}

/// A call that has not run yet: the function, the paths of its arguments, and where it is called.
pub(super) type Future = (FnId, Arc<[Option<Path>]>, Span);

/// A value.
#[derive(Clone, Debug)]
pub(super) struct Val<'m> {
    pub(super) ty: Ty,
    pub(super) path: Option<Path>,
    pub(super) guard: Option<Guard>,
    pub(super) pending: Option<Box<Pending>>,
    pub(super) parts: Vec<Val<'m>>,
    /// The call that runs when this future is awaited.
    pub(super) future: Option<Future>,
    pub(super) closure: Option<&'m Closure>,
    /// The atomic that it was loaded from.
    pub(super) loaded: Option<(Path, Span)>,
    /// The checks that it is the answer of.
    pub(super) checks: Vec<u32>,
}

impl Val<'_> {
    pub(super) fn of(ty: Ty) -> Self {
        Val {
            ty,
            path: None,
            guard: None,
            pending: None,
            parts: Vec::new(),
            future: None,
            closure: None,
            loaded: None,
            checks: Vec::new(),
        }
    }

    pub(super) fn none() -> Self {
        Val::of(Ty::Unknown)
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Binding<'m> {
    pub(super) name: Name,
    pub(super) id: u32,
    pub(super) val: Val<'m>,
}

/// A loop or a labelled block.
pub(super) struct Target {
    pub(super) label: Option<Name>,
    pub(super) is_loop: bool,
    pub(super) exits: Vec<Vec<Held>>,
    pub(super) scopes: usize,
}

/// The walk.
pub(super) struct Walk<'f, 'm> {
    pub(super) flow: &'f Flow<'m>,
    pub(super) id: FnId,
    pub(super) function: &'m Function,
    /// Where names are looked up.
    pub(super) module: usize,
    pub(super) edition: Edition,
    pub(super) scopes: Vec<Vec<Binding<'m>>>,
    pub(super) held: Vec<Held>,
    pub(super) temporaries: u32,
    pub(super) targets: Vec<Target>,
    pub(super) dead: bool,
    pub(super) next: u32,
    /// How many closures deep we are that run some other time.
    pub(super) detached: u32,
    /// Which closure we are in that may run on another thread.
    pub(super) context: u32,
    /// Variables with a guard that such a closure uses.
    pub(super) captured: Vec<u32>,
    /// How many walks through a loop are only to learn what is held at its end.
    pub(super) rehearsing: u32,
    pub(super) inlined: u32,
    /// How many branches deep we are.
    pub(super) branches: u32,
    /// Whether the function may have returned before.
    pub(super) left_early: bool,
    pub(super) facts: Vec<Fact>,
    /// The functions of the workspace that it calls.
    pub(super) callees: HashSet<FnId>,
    pub(super) summary: Summary,
    /// Whether different places are returned.
    pub(super) differs: bool,
    /// The checks on whose outcome we are here.
    pub(super) inside: Vec<u32>,
    /// The checks in the condition that is being walked.
    pub(super) checks: Vec<u32>,
}

/// What comes out of the walk through a function.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) summary: Summary,
    pub(super) facts: Vec<Fact>,
    pub(super) callees: HashSet<FnId>,
}

/// More locks than this are not kept of one function.
const MOST: usize = 40;

impl<'f, 'm> Walk<'f, 'm> {
    /// Walks one function.
    pub(super) fn run(flow: &'f Flow<'m>, id: FnId) -> Walked {
        let function = flow.model.function(id);
        let Some(body) = &function.body else { return Walked::default() };
        let mut walk = Walk {
            flow,
            id,
            function,
            module: flow.model.inner_module(id),
            edition: flow.model.edition(id),
            scopes: vec![Vec::new()],
            held: Vec::new(),
            temporaries: 0,
            targets: Vec::new(),
            dead: false,
            next: 0,
            detached: 0,
            context: 0,
            captured: Vec::new(),
            rehearsing: 0,
            inlined: 0,
            branches: 0,
            left_early: false,
            facts: Vec::new(),
            callees: HashSet::new(),
            summary: Summary::default(),
            differs: false,
            inside: Vec::new(),
            checks: Vec::new(),
        };
        let signature = flow.signature(id);
        for (number, (pat, _)) in function.params.iter().enumerate() {
            let ty = signature.params[number].clone();
            let mut val = Val::of(ty.clone());
            val.path = Some(Path::root(Root::Param(u32::try_from(number).unwrap_or(u32::MAX))));
            if let Ty::Of(Known::Guard(family, mode), _) = &ty {
                let taken = Taken {
                    path: None,
                    label: Name::new("the guard that came in"),
                    mode: *mode,
                    family: *family,
                    reentrant: false,
                    steps: Arc::new([Step { function: id, span: function.at }]),
                    of: ty.inner(),
                    kind: GuardKind::Argument,
                    id: walk.fresh(),
                    sure: true,
                    certain: true,
                    context: 0,
                };
                // A reference to a guard is not in our hands.
                if !matches!(function.params[number].1, crate::ir::TyRef::Ref(_)) {
                    val.guard = Some(Guard { id: taken.id, wrapped: false, paired: false });
                    walk.held.push(Held { taken, owner: Owner::Moving });
                }
            }
            walk.bind(pat, val);
        }
        let val = walk.block(body, true);
        walk.returned(val);
        Walked { summary: walk.summary, facts: walk.facts, callees: walk.callees }
    }

    pub(super) fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    pub(super) fn fact(&mut self, fact: Fact) {
        if self.rehearsing == 0 && !self.dead {
            self.facts.push(fact);
        }
    }

    /// What is held, for a fact.
    pub(super) fn held_now(&self) -> Vec<Taken> {
        let kind = |held: &Held| match held.owner {
            Owner::Temporary(_) => GuardKind::Temporary,
            _ => held.taken.kind,
        };
        self.held.iter().map(|held| Taken { kind: kind(held), ..held.taken.clone() }).collect()
    }

    /// Takes a lock: the fact, the summary, and the guard as a value on its way.
    pub(super) fn take(&mut self, taken: Taken, blocking: bool) -> u32 {
        self.note(&taken, blocking);
        let id = taken.id;
        if !self.dead {
            self.held.push(Held { taken, owner: Owner::Moving });
        }
        id
    }

    /// A lock is taken, here or in a function that is called.
    pub(super) fn note(&mut self, taken: &Taken, blocking: bool) {
        if self.dead {
            return;
        }
        let held = self.held_now();
        if !held.is_empty() {
            self.fact(Fact::Take { lock: taken.clone(), held, blocking });
        }
        let public = taken.path.as_ref().is_some_and(|path| !matches!(path.root, Root::Local(_)));
        if blocking && public && self.detached == 0 && self.summary.taken.len() < MOST {
            let known = self.summary.taken.iter().any(|known| known.path == taken.path && known.mode == taken.mode);
            if !known {
                self.summary.taken.push(taken.clone());
            }
        }
    }

    /// The value is only looked at: a guard on its way stays as a temporary.
    pub(super) fn touch(&mut self, val: &Val<'m>) {
        if let Some(guard) = val.guard {
            self.own(guard.id, Owner::Temporary(self.temporaries), true);
        }
        for part in &val.parts {
            self.touch(part);
        }
    }

    /// The value goes to somebody else, who drops it at an unknown time.
    pub(super) fn give(&mut self, val: &Val<'m>) {
        if let Some(guard) = val.guard {
            self.held.retain(|held| held.taken.id != guard.id);
        }
        for part in &val.parts {
            self.give(part);
        }
    }

    /// The value leaves the variable that it is in.
    pub(super) fn pick_up(&mut self, val: &Val<'m>) {
        if let Some(guard) = val.guard {
            self.own(guard.id, Owner::Moving, false);
        }
        for part in &val.parts {
            self.pick_up(part);
        }
    }

    pub(super) fn own(&mut self, id: u32, owner: Owner, only_moving: bool) {
        for held in &mut self.held {
            if held.taken.id == id && (!only_moving || held.owner == Owner::Moving) {
                held.owner = owner;
            }
        }
    }

    /// Runs `inside` with temporaries of its own, which end with it.
    pub(super) fn with_temporaries<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.temporaries += 1;
        let result = inside(self);
        let ending = self.temporaries;
        self.held.retain(|held| !matches!(held.owner, Owner::Temporary(scope) if scope >= ending));
        self.temporaries -= 1;
        result
    }

    /// Runs `inside` with a scope of its own; its variables end with it.
    pub(super) fn with_scope<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Vec::new());
        let result = inside(self);
        self.end_scope();
        result
    }

    pub(super) fn end_scope(&mut self) {
        let ended = self.scopes.pop().unwrap_or_default();
        if self.held.is_empty() {
            return;
        }
        self.held
            .retain(|held| !matches!(held.owner, Owner::Variable(id) if ended.iter().any(|binding| binding.id == id)));
    }

    pub(super) fn lookup(&self, name: Name) -> Option<&Binding<'m>> {
        self.scopes.iter().rev().flat_map(|scope| scope.iter().rev()).find(|binding| binding.name == name)
    }

    pub(super) fn lookup_mut(&mut self, name: Name) -> Option<&mut Binding<'m>> {
        self.scopes.iter_mut().rev().flat_map(|scope| scope.iter_mut().rev()).find(|binding| binding.name == name)
    }

    /// The function returns this.
    pub(super) fn returned(&mut self, val: Val<'m>) {
        if self.detached > 0 || self.dead {
            self.give(&val);
            return;
        }
        let public = |path: &Option<Path>| path.as_ref().is_some_and(|path| !matches!(path.root, Root::Local(_)));
        if let Some(guard) = val.guard {
            let held = self.held.iter().find(|held| held.taken.id == guard.id);
            if let Some(held) = held
                && self.function.output.is_some()
                && !guard.paired
                && self.summary.guard.is_none()
            {
                let mut taken = held.taken.clone();
                if !public(&taken.path) {
                    taken.path = None;
                }
                self.summary.guard = Some((taken, guard.wrapped));
            }
        } else {
            let path = val.path.clone().filter(|_| public(&val.path));
            if self.differs || (self.summary.returns.is_some() && self.summary.returns != path) || path.is_none() {
                self.differs = true;
                self.summary.returns = None;
            } else {
                self.summary.returns = path;
            }
        }
        self.give(&val);
    }

    /// What is held on both of two paths.
    pub(super) fn join(&mut self, other: (Vec<Held>, bool)) {
        let (held, dead) = other;
        if self.dead {
            self.held = held;
            self.dead = dead;
        } else if !dead {
            self.held.retain(|one| held.iter().any(|two| two.taken.id == one.taken.id));
        }
    }

    pub(super) fn taken(&mut self, val: &Val<'m>, label: Name, mode: Mode, family: Family, span: Span) -> Taken {
        Taken {
            path: val.path.clone(),
            label,
            mode,
            family,
            reentrant: false,
            steps: Arc::new([Step { function: self.id, span }]),
            of: val.ty.unboxed().inner(),
            kind: GuardKind::Named,
            id: self.fresh(),
            sure: self.surely(),
            certain: true,
            context: self.context,
        }
    }

    /// Whether the function always comes here.
    pub(super) fn surely(&self) -> bool {
        self.branches == 0 && !self.left_early && self.detached == 0 && self.inlined == 0
    }

    /// A path as a person would write it.
    pub(super) fn label(&self, path: Option<&Path>) -> Name {
        let Some(path) = path else { return Name::new("a lock") };
        let root = match path.root {
            Root::Param(0) if self.function.receiver.is_some() => "self".to_owned(),
            Root::Param(at) => match self.function.params.get(at as usize) {
                Some((crate::ir::Pat::Bind(name), _)) => name.to_string(),
                _ => "_".to_owned(),
            },
            Root::Static(id) => self.flow.model.static_def(id).name.to_string(),
            Root::Local(id) => {
                let found = self.scopes.iter().flatten().find(|binding| binding.id == id);
                found.map_or_else(|| "a local".to_owned(), |binding| binding.name.to_string())
            }
        };
        let fields = path.fields.iter().filter(|field| !field.is(&["*", "?"]));
        Name::new(&fields.fold(root, |text, field| format!("{text}.{field}")))
    }
}
