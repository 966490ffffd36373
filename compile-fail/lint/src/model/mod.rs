//! The workspace as a whole: every crate, module, type, static and function, and who is meant by a name.

mod resolve;
pub(crate) mod ty;

use std::{collections::HashMap, path::PathBuf};

pub(crate) use resolve::Meaning;
pub use ty::{Family, Known, Mode, Ty, TypeId};

use crate::{
    ir::{Function, Impl, Module, Static, TyRef, TypeDef},
    names::Name,
    walk::{Edition, Krate},
};

/// The number of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FnId(pub(crate) u32);

/// The number of a static.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaticId(pub(crate) u32);

/// A file that was parsed.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) krate: usize,
}

/// A module and the file it stands in.
pub(crate) struct Placed {
    pub(crate) file: usize,
    pub(crate) krate: usize,
    pub(crate) module: Module,
    /// Each function's number.
    pub(crate) functions: Vec<FnId>,
    /// The type that each `impl` block is on.
    pub(crate) selves: Vec<Ty>,
}

/// The workspace.
pub(crate) struct Model {
    pub(crate) krates: Vec<Krate>,
    pub(crate) files: Vec<Source>,
    pub(crate) modules: Vec<Placed>,
    types: Vec<(u32, u32)>,
    statics: Vec<(u32, u32)>,
    functions: Vec<(u32, u32)>,
    /// The modules of a crate by their path; several files may share one.
    by_path: HashMap<(usize, Vec<Name>), Vec<usize>>,
    krates_by_name: HashMap<Name, Option<usize>>,
    /// Names that were looked up before.
    memo: std::sync::RwLock<HashMap<(usize, Name, bool), Option<Meaning>>>,
    /// What stands in a module.
    names: Vec<resolve::Names>,
    /// Types of a crate that have a name of their own.
    unique: HashMap<(usize, Name), Option<TypeId>>,
    /// The methods of a type.
    methods: HashMap<(TypeId, Name), Vec<FnId>>,
    /// What a type derefs to.
    pub(crate) derefs: HashMap<TypeId, Ty>,
}

impl Model {
    /// Puts the files together.
    pub(crate) fn new(krates: Vec<Krate>, files: Vec<Source>, parsed: Vec<(usize, Module)>) -> Model {
        let mut model = Model {
            krates,
            files,
            modules: Vec::with_capacity(parsed.len()),
            types: Vec::new(),
            statics: Vec::new(),
            functions: Vec::new(),
            by_path: HashMap::new(),
            krates_by_name: HashMap::new(),
            memo: std::sync::RwLock::default(),
            names: Vec::new(),
            unique: HashMap::new(),
            methods: HashMap::new(),
            derefs: HashMap::new(),
        };
        for (number, krate) in model.krates.iter().enumerate() {
            model.krates_by_name.entry(krate.name).and_modify(|entry| *entry = None).or_insert(Some(number));
        }
        for (file, module) in parsed {
            model.place(file, module);
        }
        model.link();
        for number in 0..model.modules.len() {
            let selves = model.modules[number]
                .module
                .impls
                .iter()
                .map(|block| model.resolve_ty(number, &block.on, &block.generics, None))
                .collect();
            model.modules[number].selves = selves;
        }
        model.collect_methods();
        model
    }

    fn place(&mut self, file: usize, module: Module) {
        let number = self.modules.len();
        let krate = self.files[file].krate;
        let here = u32::try_from(number).expect("fewer than four billion modules");
        let index = |at: usize| u32::try_from(at).expect("fewer than four billion items");
        self.types.extend((0..module.types.len()).map(|at| (here, index(at))));
        self.statics.extend((0..module.statics.len()).map(|at| (here, index(at))));
        let first = self.functions.len();
        self.functions.extend((0..module.functions.len()).map(|at| (here, index(at))));
        let functions = (first..self.functions.len()).map(|at| FnId(index(at))).collect();
        self.by_path.entry((krate, module.path.clone())).or_default().push(number);
        self.modules.push(Placed { file, krate, module, functions, selves: Vec::new() });
    }

    fn collect_methods(&mut self) {
        for placed in &self.modules {
            for (number, block) in placed.module.impls.iter().enumerate() {
                let Ty::Own(id, _) = placed.selves[number] else { continue };
                for function in &block.functions {
                    let name = placed.module.functions[*function].name;
                    self.methods.entry((id, name)).or_default().push(placed.functions[*function]);
                }
            }
        }
        let mut derefs = Vec::new();
        for (number, placed) in self.modules.iter().enumerate() {
            for (at, block) in placed.module.impls.iter().enumerate() {
                if let Ty::Own(id, _) = placed.selves[at]
                    && block.of.is_some_and(|of| of.text() == "Deref")
                    && let Some((_, target)) = block.types.iter().find(|(name, _)| name.text() == "Target")
                {
                    derefs.push((id, self.resolve_ty(number, target, &block.generics, Some(&placed.selves[at]))));
                }
            }
        }
        self.derefs = derefs.into_iter().collect();
    }

    pub(crate) fn type_def(&self, id: TypeId) -> &TypeDef {
        let (module, at) = self.types[id.0 as usize];
        &self.modules[module as usize].module.types[at as usize]
    }

    pub(crate) fn type_module(&self, id: TypeId) -> usize {
        self.types[id.0 as usize].0 as usize
    }

    pub(crate) fn all_types(&self) -> impl Iterator<Item = TypeId> {
        (0..self.types.len()).map(|at| TypeId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    pub(crate) fn function(&self, id: FnId) -> &Function {
        let (module, at) = self.functions[id.0 as usize];
        &self.modules[module as usize].module.functions[at as usize]
    }

    pub(crate) fn function_module(&self, id: FnId) -> usize {
        self.functions[id.0 as usize].0 as usize
    }

    /// The module of the items that stand inside of a function, or else the one around it.
    pub(crate) fn inner_module(&self, id: FnId) -> usize {
        let around = self.function_module(id);
        let placed = &self.modules[around];
        let mut path = placed.module.path.clone();
        path.push(Name::new(&format!("{{{}}}", self.function(id).name)));
        match self.by_path.get(&(placed.krate, path)) {
            Some(inner) => {
                inner.iter().copied().find(|inner| self.modules[*inner].file == placed.file).unwrap_or(around)
            }
            None => around,
        }
    }

    pub(crate) fn static_count(&self) -> usize {
        self.statics.len()
    }

    pub(crate) fn count(&self) -> usize {
        self.functions.len()
    }

    pub(crate) fn all_functions(&self) -> impl Iterator<Item = FnId> + use<> {
        (0..self.functions.len()).map(|at| FnId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// The `impl` block of a method, and the type it is on.
    pub(crate) fn owner(&self, id: FnId) -> Option<(&Impl, &Ty)> {
        let (module, at) = self.functions[id.0 as usize];
        let placed = &self.modules[module as usize];
        let owner = placed.module.owner[at as usize]?;
        Some((&placed.module.impls[owner], &placed.selves[owner]))
    }

    pub(crate) fn static_def(&self, id: StaticId) -> &Static {
        let (module, at) = self.statics[id.0 as usize];
        &self.modules[module as usize].module.statics[at as usize]
    }

    pub(crate) fn static_ty(&self, id: StaticId) -> Ty {
        let module = self.statics[id.0 as usize].0 as usize;
        self.resolve_ty(module, &self.static_def(id).ty, &[], None)
    }

    /// The file of a function.
    pub(crate) fn file_of(&self, id: FnId) -> usize {
        self.modules[self.function_module(id)].file
    }

    pub(crate) fn edition(&self, id: FnId) -> Edition {
        self.krates[self.modules[self.function_module(id)].krate].edition
    }

    /// The functions that a method call on this type may mean.
    pub(crate) fn methods(&self, ty: TypeId, name: Name) -> &[FnId] {
        self.methods.get(&(ty, name)).map_or(&[], Vec::as_slice)
    }

    /// The type of a field.
    pub(crate) fn field(&self, ty: &Ty, field: Name) -> Ty {
        match ty {
            Ty::Own(id, args) => {
                let def = self.type_def(*id);
                let Some(found) =
                    def.fields.iter().find(|candidate| candidate.name == field && candidate.variant.is_none())
                else {
                    return Ty::Unknown;
                };
                let params: Vec<Name> = def.generics.iter().map(|generic| generic.name).collect();
                self.resolve_ty(self.type_module(*id), &found.ty, &def.generics, Some(ty)).with(&params, args)
            }
            Ty::Tuple(parts) => {
                field.text().parse::<usize>().ok().and_then(|at| parts.get(at)).cloned().unwrap_or(Ty::Unknown)
            }
            _ => Ty::Unknown,
        }
    }

    /// The type of a field of an enum's variant.
    pub(crate) fn variant_field(&self, ty: &Ty, variant: Name, field: Name) -> Ty {
        let Ty::Own(id, args) = ty else { return Ty::Unknown };
        let def = self.type_def(*id);
        let Some(found) =
            def.fields.iter().find(|candidate| candidate.name == field && candidate.variant == Some(variant))
        else {
            return Ty::Unknown;
        };
        let params: Vec<Name> = def.generics.iter().map(|generic| generic.name).collect();
        self.resolve_ty(self.type_module(*id), &found.ty, &def.generics, Some(ty)).with(&params, args)
    }

    /// The name to show for a function: `Type::method`.
    pub(crate) fn shown(&self, id: FnId) -> String {
        let name = self.function(id).name;
        match self.owner(id) {
            Some((_, Ty::Own(ty, _))) => format!("{}::{name}", self.type_def(*ty).name),
            Some((block, _)) => match (&block.on, block.of) {
                (TyRef::Path(path), _) => {
                    path.last().map_or_else(|| name.to_string(), |last| format!("{}::{name}", last.name))
                }
                (_, Some(of)) => format!("{of}::{name}"),
                _ => name.to_string(),
            },
            None => name.to_string(),
        }
    }
}
