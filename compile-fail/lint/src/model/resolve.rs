//! Who is meant by a name: items of the module, imports with their renames, globs, the modules and crates above.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::{FnId, Known, Model, StaticId, Ty, TypeId, ty::known};
use crate::{
    ir::{Generic, Seg, TyRef},
    names::Name,
};

/// What a path names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    Type(TypeId),
    Alias(usize, usize),
    Function(FnId),
    Static(StaticId),
    Module(usize, Vec<Name>),
    /// Something outside the workspace, by its full path.
    Foreign(Vec<Name>),
}

/// What stands in one module.
#[derive(Default)]
pub(crate) struct Names {
    types: HashMap<Name, Meaning>,
    values: HashMap<Name, Meaning>,
    uses: HashMap<Name, Vec<usize>>,
    globs: Vec<usize>,
    /// What each glob names.
    targets: OnceLock<Vec<Meaning>>,
}

thread_local! {
    /// Whether it is a glob's own path that is looked up.
    static WITHOUT_GLOBS: Cell<bool> = const { Cell::new(false) };
}

/// How far imports of imports are followed.
const FAR: u8 = 12;

impl Model {
    /// Fills in what stands in each module.
    pub(super) fn link(&mut self) {
        let (mut types, mut statics) = (0_u32, 0_u32);
        for number in 0..self.modules.len() {
            let mut names = Names::default();
            let placed = &self.modules[number];
            for def in &placed.module.types {
                let id = TypeId(types);
                names.types.entry(def.name).or_insert(Meaning::Type(id));
                if !placed.module.inside_function {
                    self.unique.entry((placed.krate, def.name)).and_modify(|entry| *entry = None).or_insert(Some(id));
                }
                types += 1;
            }
            for (at, (name, ..)) in placed.module.aliases.iter().enumerate() {
                names.types.entry(*name).or_insert(Meaning::Alias(number, at));
            }
            for def in &placed.module.statics {
                names.values.entry(def.name).or_insert(Meaning::Static(StaticId(statics)));
                statics += 1;
            }
            for (at, function) in placed.module.functions.iter().enumerate() {
                if placed.module.owner[at].is_none() {
                    names.values.entry(function.name).or_insert(Meaning::Function(placed.functions[at]));
                }
            }
            for (at, import) in placed.module.uses.iter().enumerate() {
                match import.rename {
                    Some(name) => names.uses.entry(name).or_default().push(at),
                    None => names.globs.push(at),
                }
            }
            self.names.push(names);
        }
    }

    fn modules_at(&self, krate: usize, path: &[Name]) -> &[usize] {
        self.by_path.get(&(krate, path.to_vec())).map_or(&[], Vec::as_slice)
    }

    /// What a path means in a module.
    pub(crate) fn resolve(&self, module: usize, path: &[Name], value: bool) -> Option<Meaning> {
        self.resolve_far(module, path, value, 0)
    }

    fn resolve_far(&self, module: usize, path: &[Name], value: bool, depth: u8) -> Option<Meaning> {
        if depth > FAR {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let placed = &self.modules[module];
        let start = match first.text() {
            "crate" | "$crate" => Meaning::Module(placed.krate, Vec::new()),
            "self" => Meaning::Module(placed.krate, self.outside(module).to_vec()),
            "super" => {
                let path = self.outside(module);
                Meaning::Module(placed.krate, path[..path.len().saturating_sub(1)].to_vec())
            }
            _ => return self.resolve_plain(module, *first, rest, value, depth),
        };
        self.walk(start, rest, value, depth)
    }

    /// The path of the module, without the functions it may stand in.
    fn outside(&self, module: usize) -> &[Name] {
        let path = &self.modules[module].module.path;
        let inside = path.iter().position(|name| name.text().starts_with('{')).unwrap_or(path.len());
        &path[..inside]
    }

    fn resolve_plain(&self, module: usize, first: Name, rest: &[Name], value: bool, depth: u8) -> Option<Meaning> {
        let placed = &self.modules[module];
        let key = (module, first, value && rest.is_empty());
        let known = self.memo.read().ok().and_then(|memo| memo.get(&key).cloned());
        let found = match known {
            Some(found) => found,
            None => {
                let found = self.in_module(placed.krate, &placed.module.path, first, key.2, depth, &mut Vec::new());
                // What was cut off because it is too far away may be found from nearer.
                if depth == 0
                    && let Ok(mut memo) = self.memo.write()
                {
                    memo.insert(key, found.clone());
                }
                found
            }
        };
        if let Some(found) = found {
            return self.walk(found, rest, value, depth);
        }
        if placed.module.inside_function {
            let above = &placed.module.path[..placed.module.path.len() - 1];
            if let Some(above) = self.modules_at(placed.krate, above).first() {
                return self.resolve_plain(*above, first, rest, value, depth + 1);
            }
        }
        if let Some(Some(krate)) = self.krates_by_name.get(&first)
            && (!rest.is_empty() || !value)
            && *krate != placed.krate
        {
            return self.walk(Meaning::Module(*krate, Vec::new()), rest, value, depth);
        }
        let mut full = vec![first];
        full.extend(rest);
        Some(Meaning::Foreign(full))
    }

    /// A name in the module at this path, which may be spread over several files.
    fn in_module(
        &self,
        krate: usize,
        path: &[Name],
        name: Name,
        value: bool,
        depth: u8,
        seen: &mut Vec<usize>,
    ) -> Option<Meaning> {
        if depth > FAR {
            return None;
        }
        let modules = self.modules_at(krate, path);
        for module in modules {
            let names = &self.names[*module];
            let table = if value { &names.values } else { &names.types };
            if let Some(found) = table.get(&name) {
                return Some(found.clone());
            }
        }
        let mut below = path.to_vec();
        below.push(name);
        if !value && !self.modules_at(krate, &below).is_empty() {
            return Some(Meaning::Module(krate, below));
        }
        let mut foreign = None;
        for module in modules {
            for at in self.names[*module].uses.get(&name).into_iter().flatten() {
                let import = &self.modules[*module].module.uses[*at];
                // `use foo::foo` must not find itself.
                if import.path.len() == 1 && import.path[0] == name {
                    if let Some(Some(krate)) = self.krates_by_name.get(&name) {
                        return Some(Meaning::Module(*krate, Vec::new()));
                    }
                    foreign = Some(Meaning::Foreign(import.path.to_vec()));
                    continue;
                }
                match self.resolve_far(*module, &import.path, value, depth + 1) {
                    Some(Meaning::Foreign(path)) => foreign = foreign.or(Some(Meaning::Foreign(path))),
                    Some(found) => return Some(found),
                    None => {}
                }
            }
        }
        if foreign.is_some() {
            return foreign;
        }
        for module in modules {
            if seen.contains(module) || WITHOUT_GLOBS.get() {
                continue;
            }
            seen.push(*module);
            for target in self.glob_targets(*module, depth) {
                match target {
                    Meaning::Module(krate, below) => {
                        if let Some(found) = self.in_module(*krate, below, name, value, depth + 1, seen) {
                            return Some(found);
                        }
                    }
                    Meaning::Foreign(full) => {
                        let mut full = full.clone();
                        full.push(name);
                        if known(&full).is_some_and(|known| known != Known::Foreign) && full.len() > 2 {
                            foreign = Some(Meaning::Foreign(full));
                        }
                    }
                    _ => {}
                }
            }
        }
        foreign
    }

    /// The modules that a module's globs name. One that needs another glob to be found is not found.
    fn glob_targets(&self, module: usize, depth: u8) -> &[Meaning] {
        let names = &self.names[module];
        if let Some(targets) = names.targets.get() {
            return targets;
        }
        let uses = &self.modules[module].module.uses;
        let outer = WITHOUT_GLOBS.replace(true);
        let targets =
            names.globs.iter().filter_map(|at| self.resolve_far(module, &uses[*at].path, false, depth.max(1)));
        let targets = targets.collect();
        WITHOUT_GLOBS.set(outer);
        let _ = names.targets.set(targets);
        names.targets.get().map_or(&[], Vec::as_slice)
    }

    fn walk(&self, start: Meaning, rest: &[Name], value: bool, depth: u8) -> Option<Meaning> {
        let mut here = start;
        for (number, name) in rest.iter().enumerate() {
            let last = number + 1 == rest.len();
            here = match here {
                Meaning::Module(krate, path) if name.text() == "super" => {
                    Meaning::Module(krate, path[..path.len().saturating_sub(1)].to_vec())
                }
                Meaning::Module(krate, path) if name.text() == "self" => Meaning::Module(krate, path),
                Meaning::Module(krate, path) => {
                    self.in_module(krate, &path, *name, value && last, depth + 1, &mut Vec::new())?
                }
                Meaning::Type(id) if last && value => Meaning::Function(*self.methods(id, *name).first()?),
                Meaning::Alias(module, at) if last && value => {
                    let Ty::Own(id, _) = self.alias(module, at, &[]).unboxed() else { return None };
                    Meaning::Function(*self.methods(id, *name).first()?)
                }
                Meaning::Foreign(mut path) => {
                    path.push(*name);
                    Meaning::Foreign(path)
                }
                _ => return None,
            };
        }
        Some(here)
    }

    fn alias(&self, module: usize, at: usize, args: &[Ty]) -> Ty {
        let (_, generics, ty) = &self.modules[module].module.aliases[at];
        let params: Vec<Name> = generics.iter().map(|generic| generic.name).collect();
        self.resolve_ty(module, ty, generics, None).with(&params, args)
    }

    /// The type that is written here. `me` is what `Self` means.
    pub(crate) fn resolve_ty(&self, module: usize, ty: &TyRef, generics: &[Generic], me: Option<&Ty>) -> Ty {
        self.resolve_ty_far(module, ty, generics, me, 0)
    }

    fn resolve_ty_far(&self, module: usize, ty: &TyRef, generics: &[Generic], me: Option<&Ty>, depth: u8) -> Ty {
        if depth > 2 * FAR {
            return Ty::Unknown;
        }
        match ty {
            TyRef::Ref(inner) => self.resolve_ty_far(module, inner, generics, me, depth + 1),
            TyRef::Tuple(parts) => {
                Ty::Tuple(parts.iter().map(|part| self.resolve_ty_far(module, part, generics, me, depth + 1)).collect())
            }
            TyRef::Slice(inner) => Ty::of(Known::Seq, self.resolve_ty_far(module, inner, generics, me, depth + 1)),
            TyRef::Callable => Ty::Callable,
            TyRef::Other => Ty::Unknown,
            TyRef::Path(path) => self.resolve_path_ty(module, path, generics, me, depth),
        }
    }

    fn resolve_path_ty(&self, module: usize, path: &[Seg], generics: &[Generic], me: Option<&Ty>, depth: u8) -> Ty {
        let Some(last) = path.last() else { return Ty::Unknown };
        if path.len() == 1 {
            if last.name.text() == "Self" {
                return me.cloned().unwrap_or(Ty::Unknown);
            }
            if let Some(generic) = generics.iter().find(|generic| generic.name == last.name) {
                return Ty::Param(generic.name, generic.callable);
            }
        } else if path[0].name.text() == "Self" || generics.iter().any(|generic| generic.name == path[0].name) {
            return Ty::Unknown;
        }
        let args: Arc<[Ty]> =
            last.args.iter().map(|arg| self.resolve_ty_far(module, arg, generics, me, depth + 1)).collect();
        let names: Vec<Name> = path.iter().map(|segment| segment.name).collect();
        match self.resolve(module, &names, false) {
            Some(Meaning::Type(id)) => Ty::Own(id, args),
            Some(Meaning::Alias(at, number)) if depth < FAR => {
                let (_, params, aliased) = &self.modules[at].module.aliases[number];
                let names: Vec<Name> = params.iter().map(|generic| generic.name).collect();
                self.resolve_ty_far(at, aliased, params, None, depth + 2).with(&names, &args)
            }
            Some(Meaning::Foreign(full)) => {
                if full.len() == 1
                    && let Some(Some(id)) = self.unique.get(&(self.modules[module].krate, full[0]))
                {
                    return Ty::Own(*id, args);
                }
                match known(&full) {
                    // `lock_api::Mutex<R, T>`: what is locked comes last.
                    Some(found @ (Known::Mutex(_) | Known::RwLock(_) | Known::Guard(..))) => {
                        Ty::of(found, args.last().cloned().unwrap_or(Ty::Unknown))
                    }
                    Some(found) => Ty::Of(found, args),
                    None => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }
}
