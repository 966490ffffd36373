//! What happens in a function while which lock is held: each body is walked once as the program would run it, with the
//! guards' lifetimes; what it does to its callers is its summary; and the summaries are joined along the calls until
//! nothing changes. What the rules look at are the facts that come out.
//!
//! The one thing to know: where paths join, a guard counts as held only if it is held on every one of them. A finding
//! may be missed so, but "held here" is true.

mod bind;
mod calls;
mod control;
mod eval;
mod known;
mod methods;
mod state;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use rayon::prelude::*;

use crate::{
    ir::Span,
    model::{Family, FnId, Mode, Model, StaticId, Ty, TypeId},
    names::Name,
};

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Root {
    /// A parameter; `self` is the first.
    Param(u32),
    /// A variable of the function.
    Local(u32),
    /// A static.
    Static(StaticId),
}

/// A place in memory, as far as one can be told from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) fields: Arc<[Name]>,
}

impl Path {
    pub(crate) fn root(root: Root) -> Path {
        Path { root, fields: Arc::new([]) }
    }

    pub(crate) fn field(&self, name: Name) -> Path {
        Path { root: self.root, fields: self.fields.iter().copied().chain([name]).collect() }
    }

    fn then(&self, more: &[Name]) -> Path {
        Path { root: self.root, fields: self.fields.iter().chain(more).copied().collect() }
    }
}

/// A place in the program that a finding points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) function: FnId,
    pub(crate) span: Span,
}

/// A lock that is taken: where, how, and by which calls one gets there (the last step takes it).
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) path: Option<Path>,
    pub(crate) label: Name,
    pub(crate) mode: Mode,
    pub(crate) family: Family,
    pub(crate) reentrant: bool,
    pub(crate) steps: Arc<[Step]>,
    /// The type of what is locked.
    pub(crate) of: Ty,
    /// Whether the guard is a temporary, or came in as an argument.
    pub(crate) kind: GuardKind,
    /// Which acquisition of the function it is.
    pub(crate) id: u32,
    /// Whether the function takes it whenever it is called.
    pub(crate) sure: bool,
    /// Whether a called function that takes it does so whenever it is called.
    pub(crate) certain: bool,
    /// Which piece of code that runs by itself takes it: the function's own, or that of a closure.
    pub(crate) context: u32,
}

/// Where a guard lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuardKind {
    Named,
    Temporary,
    Argument,
}

/// Something that happens in a function.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// A lock is taken while others are held.
    Take { lock: Taken, held: Vec<Taken>, blocking: bool },
    /// An `await` while locks are held.
    Await { span: Span, held: Vec<Taken> },
    /// Something that blocks while locks are held.
    Block { what: &'static str, steps: Vec<Step>, held: Vec<Taken> },
    /// A callback is called while locks are held; whether it is a parameter of this function.
    Callback { span: Span, held: Vec<Taken>, param: bool },
    /// `Condvar::wait`.
    Wait { span: Span, in_loop: bool, guard: GuardKind, family: Family, of: Ty },
    /// A method is called on what a lock guards.
    Use { lock: Path, id: u32, method: Name, key: Option<Name>, span: Span, number: u32, inside: Vec<u32> },
    /// `x.store(... x.load() ...)`.
    LoadStore { span: Span, load: Span, label: Name },
    /// `x.store(_, Relaxed)`.
    RelaxedStore { span: Span, path: Path, flag: bool },
    /// A thread whose handle is dropped at once.
    Dropped { span: Span },
    /// A thread is started.
    Spawn,
    /// A thread sleeps.
    Sleep { span: Span, in_loop: bool },
    /// A function of the workspace is called inside a loop.
    LoopCall { to: FnId },
}

/// What a function does to those who call it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    /// The locks it takes and waits for.
    pub(crate) taken: Vec<Taken>,
    /// The place that it returns a reference to.
    pub(crate) returns: Option<Path>,
    /// The guard that it returns, and whether in a `Result`.
    pub(crate) guard: Option<(Taken, bool)>,
    /// Where it blocks.
    pub(crate) blocks: Option<(&'static str, Vec<Step>)>,
    /// Parameters that it calls, and the locks that are held then.
    pub(crate) calls: Vec<(u32, Vec<Taken>)>,
}

impl Summary {
    /// Grows only: equal sizes are equal summaries.
    fn size(&self) -> (usize, bool, bool, bool, usize) {
        let calls = self.calls.iter().map(|(_, held)| held.len() + 1).sum();
        (self.taken.len(), self.returns.is_some(), self.guard.is_some(), self.blocks.is_some(), calls)
    }
}

/// A signature with its names resolved.
pub(crate) struct Signature {
    pub(crate) params: Vec<Ty>,
    pub(crate) output: Ty,
    pub(crate) me: Option<Ty>,
}

/// Everything that is known about the functions of a workspace.
pub(crate) struct Flow<'m> {
    pub(crate) model: &'m Model,
    pub(crate) summaries: Vec<Summary>,
    pub(crate) facts: Vec<Vec<Fact>>,
    signatures: Vec<OnceLock<Signature>>,
    statics: Vec<OnceLock<Ty>>,
    fields: std::sync::RwLock<HashMap<(TypeId, Name), Ty>>,
}

/// How often summaries are handed on. A chain of calls longer than this is not seen.
const ROUNDS: usize = 8;

impl<'m> Flow<'m> {
    /// Walks every function until no summary changes any more.
    pub(crate) fn new(model: &'m Model) -> Flow<'m> {
        let count = model.count();
        let mut flow = Flow {
            model,
            summaries: vec![Summary::default(); count],
            facts: vec![Vec::new(); count],
            signatures: (0..count).map(|_| OnceLock::new()).collect(),
            statics: (0..model.static_count()).map(|_| OnceLock::new()).collect(),
            fields: std::sync::RwLock::default(),
        };
        let mut callers: HashMap<Name, Vec<FnId>> = HashMap::new();
        let mut work: Vec<FnId> = Vec::new();
        for id in model.all_functions() {
            let function = model.function(id);
            if function.body.is_none() {
                continue;
            }
            for name in &function.calls {
                callers.entry(*name).or_default().push(id);
            }
            if function.busy || returns_reference(function) {
                work.push(id);
            }
        }
        // Once a function was walked, it is known whom it calls; until then only by which names.
        let mut walked: HashSet<FnId> = HashSet::new();
        let mut called_by: HashMap<FnId, HashSet<FnId>> = HashMap::new();
        for _ in 0..ROUNDS {
            let results: Vec<_> =
                work.par_iter().with_min_len(16).map(|id| (*id, state::Walk::run(&flow, *id))).collect();
            let mut changed: Vec<FnId> = Vec::new();
            for (id, walk) in results {
                let old = &mut flow.summaries[id.0 as usize];
                if walk.summary.size() != old.size() {
                    changed.push(id);
                    *old = walk.summary;
                }
                flow.facts[id.0 as usize] = walk.facts;
                walked.insert(id);
                for callee in walk.callees {
                    called_by.entry(callee).or_default().insert(id);
                }
            }
            let names: HashSet<Name> = changed.iter().map(|id| model.function(*id).name).collect();
            let unseen = names.iter().filter_map(|name| callers.get(name)).flatten().filter(|id| !walked.contains(id));
            let known = changed.iter().filter_map(|id| called_by.get(id)).flatten();
            let next: HashSet<FnId> = unseen.chain(known).copied().collect();
            if next.is_empty() {
                break;
            }
            work = next.into_iter().collect();
            work.sort();
        }
        flow
    }

    pub(crate) fn summary(&self, id: FnId) -> &Summary {
        &self.summaries[id.0 as usize]
    }

    pub(crate) fn signature(&self, id: FnId) -> &Signature {
        self.signatures[id.0 as usize].get_or_init(|| {
            let function = self.model.function(id);
            let module = self.model.function_module(id);
            let owner = self.model.owner(id);
            let me = owner.map(|(_, me)| me.clone());
            let mut generics = function.generics.clone();
            generics.extend(owner.iter().flat_map(|(block, _)| block.generics.clone()));
            let resolve = |ty| self.model.resolve_ty(module, ty, &generics, me.as_ref());
            let params = function.params.iter().map(|(_, ty)| resolve(ty)).collect();
            let output = function.output.as_ref().map_or(Ty::Tuple(Arc::new([])), resolve);
            Signature { params, output, me }
        })
    }

    pub(crate) fn static_ty(&self, id: StaticId) -> &Ty {
        self.statics[id.0 as usize].get_or_init(|| self.model.static_ty(id))
    }

    /// The type of a field, for types without parameters from memory.
    pub(crate) fn field(&self, ty: &Ty, name: Name) -> Ty {
        let Ty::Own(id, args) = ty else { return self.model.field(ty, name) };
        if !args.is_empty() {
            return self.model.field(ty, name);
        }
        if let Some(known) = self.fields.read().ok().and_then(|fields| fields.get(&(*id, name)).cloned()) {
            return known;
        }
        let found = self.model.field(ty, name);
        if let Ok(mut fields) = self.fields.write() {
            fields.insert((*id, name), found.clone());
        }
        found
    }

    /// The type at the end of a path, from the type at its root.
    pub(crate) fn type_at(&self, root: &Ty, fields: &[Name]) -> Ty {
        fields.iter().fold(root.clone(), |ty, field| self.step(&ty, *field))
    }

    pub(crate) fn step(&self, ty: &Ty, field: Name) -> Ty {
        match field.text() {
            "*" | "?" => ty.unboxed().inner(),
            name => match name.split_once('.') {
                Some((variant, field)) => self.model.variant_field(&ty.peeled(), Name::new(variant), Name::new(field)),
                None => self.field(&ty.peeled(), field),
            },
        }
    }
}

fn returns_reference(function: &crate::ir::Function) -> bool {
    use crate::ir::{Kind, TyRef};
    let Some(body) = &function.body else { return false };
    let short = body.stmts.is_empty() && body.tail.as_ref().is_some_and(|tail| !matches!(tail.kind, Kind::Nothing));
    short && matches!(&function.output, Some(TyRef::Ref(_) | TyRef::Path(_)))
}
