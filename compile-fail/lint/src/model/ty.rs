//! Types, as far as they matter: which lock, which guard, which type of the workspace. References are looked through.

use std::sync::Arc;

use crate::names::Name;

/// Whose lock it is: what `lock` returns differs, and so does what may stand across an `await`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `std::sync` and what has its API: `lock` returns a `LockResult`.
    Std,
    /// `parking_lot`, `spin`: `lock` returns the guard.
    Plain,
    /// `tokio::sync` and its like: `lock` returns a future.
    Async,
    /// A type named `Mutex` or `RwLock` of unknown origin: its use tells.
    Unknown,
}

/// A type that the linter knows by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// `Arc`, `Rc`: a clone is the same object.
    Shared,
    /// `Box`, `LazyLock`, `Pin`, `CachePadded` and others that are looked through.
    Through,
    /// A mutex.
    Mutex(Family),
    /// A reentrant mutex.
    Reentrant,
    /// A readers-writer lock.
    RwLock(Family),
    /// A condition variable.
    Condvar(Family),
    /// A guard: a mutex's, a reader's, a writer's.
    Guard(Family, Mode),
    /// `Option`.
    Option,
    /// `Result` and `LockResult`.
    Result,
    /// `Vec`, arrays, slices.
    Seq,
    /// `HashMap` and its like.
    Map,
    /// `JoinHandle` of a thread.
    JoinHandle,
    /// The sender of a channel that may be full.
    BoundedSender,
    /// A receiver of a channel that blocks a thread.
    Receiver,
    /// `AtomicU64` and its like.
    Atomic,
    /// `Barrier`.
    Barrier,
    /// A number, a `bool`.
    Primitive,
    /// Some other type from elsewhere: known not to be a lock.
    Foreign,
}

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// With others that read.
    Read,
    /// With others that read, and with the right to become the writer.
    Upgradable,
    /// Alone, by `write`.
    Write,
    /// Alone, by `lock`.
    Lock,
}

impl Mode {
    /// Whether two of them on one lock wait for each other.
    pub fn excludes(self, other: Mode) -> bool {
        !matches!((self, other), (Mode::Read, Mode::Read | Mode::Upgradable) | (Mode::Upgradable, Mode::Read))
    }
}

/// The number of a type of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) u32);

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// Anything.
    Unknown,
    /// A parameter, such as `T`; whether it can be called.
    Param(Name, bool),
    /// A type of the workspace.
    Own(TypeId, Arc<[Ty]>),
    /// A type from elsewhere.
    Of(Known, Arc<[Ty]>),
    /// A tuple.
    Tuple(Arc<[Ty]>),
    /// A function or a closure.
    Callable,
}

impl Ty {
    /// A known type with one argument.
    pub(crate) fn of(known: Known, inner: Ty) -> Ty {
        Ty::Of(known, Arc::new([inner]))
    }

    /// The first type argument.
    pub(crate) fn inner(&self) -> Ty {
        match self {
            Ty::Own(_, args) | Ty::Of(_, args) => args.first().cloned().unwrap_or(Ty::Unknown),
            _ => Ty::Unknown,
        }
    }

    /// The type behind `Arc`, `Box` and guards: what a method call on it finds.
    pub(crate) fn peeled(&self) -> Ty {
        let mut ty = self.clone();
        while let Ty::Of(Known::Shared | Known::Through | Known::Guard(..), _) = ty {
            ty = ty.inner();
        }
        ty
    }

    /// The same, with guards left on.
    pub(crate) fn unboxed(&self) -> Ty {
        let mut ty = self.clone();
        while let Ty::Of(Known::Shared | Known::Through, _) = ty {
            ty = ty.inner();
        }
        ty
    }

    /// With the parameters replaced.
    pub(crate) fn with(&self, params: &[Name], args: &[Ty]) -> Ty {
        if params.is_empty() {
            return self.clone();
        }
        match self {
            Ty::Param(name, _) => match params.iter().position(|param| param == name).and_then(|at| args.get(at)) {
                Some(Ty::Unknown) | None => self.clone(),
                Some(ty) => ty.clone(),
            },
            Ty::Own(id, inner) => Ty::Own(*id, inner.iter().map(|ty| ty.with(params, args)).collect()),
            Ty::Of(known, inner) => Ty::Of(*known, inner.iter().map(|ty| ty.with(params, args)).collect()),
            Ty::Tuple(inner) => Ty::Tuple(inner.iter().map(|ty| ty.with(params, args)).collect()),
            other => other.clone(),
        }
    }
}

/// What a path from outside the workspace names.
pub(crate) fn known(path: &[Name]) -> Option<Known> {
    let last = path.last()?.text();
    let root = if path.len() > 1 { path[0].text() } else { "" };
    let family = match root {
        "std" | "core" | "alloc" | "raceproof" | "antidote" | "" => Family::Std,
        "parking_lot" | "lock_api" | "spin" | "spinning_top" | "no_std_compat" => Family::Plain,
        "tokio" | "async_std" | "async_lock" | "smol" | "futures" | "futures_util" | "tokio_sync" | "maitake_sync"
        | "async_mutex" => Family::Async,
        _ => Family::Unknown,
    };
    let family = if root.is_empty() { Family::Unknown } else { family };
    let middle = |name: &str| path.iter().any(|part| part.text() == name);
    if root == "std" && middle("nonpoison") {
        return None;
    }
    // A lock of some crate that is not known by name is not taken for one: its `lock` may be anything.
    let foreign = !root.is_empty() && family == Family::Unknown;
    Some(match last {
        "Arc" | "Rc" | "Weak" | "ArcSwap" if !foreign => {
            if last == "Arc" || last == "Rc" {
                Known::Shared
            } else {
                Known::Foreign
            }
        }
        "Arc" if root == "triomphe" || root == "servo_arc" => Known::Shared,
        "Box" | "Pin" | "OnceLock" | "OnceCell" | "Lazy" | "LazyLock" | "CachePadded" | "Cow" | "ManuallyDrop"
        | "Cell" | "AssertUnwindSafe" | "NonNull" | "Saturating" => Known::Through,
        "LazyCell" => Known::Through,
        "Mutex" | "FairMutex" if !foreign => Known::Mutex(family),
        "ReentrantMutex" | "ReentrantLock" => Known::Reentrant,
        "RwLock" if !foreign => Known::RwLock(family),
        "Condvar" if !foreign => Known::Condvar(family),
        "MutexGuard" | "MappedMutexGuard" | "OwnedMutexGuard" | "ArcMutexGuard" if !foreign => {
            Known::Guard(family, Mode::Lock)
        }
        "RwLockReadGuard" | "MappedRwLockReadGuard" | "OwnedRwLockReadGuard" | "ArcRwLockReadGuard" if !foreign => {
            Known::Guard(family, Mode::Read)
        }
        "RwLockWriteGuard" | "MappedRwLockWriteGuard" | "OwnedRwLockWriteGuard" | "ArcRwLockWriteGuard" if !foreign => {
            Known::Guard(family, Mode::Write)
        }
        "RwLockUpgradableReadGuard" if !foreign => Known::Guard(family, Mode::Upgradable),
        "Option" => Known::Option,
        "Result" | "LockResult" => Known::Result,
        "Vec" | "VecDeque" | "SmallVec" | "ArrayVec" | "BinaryHeap" => Known::Seq,
        "HashMap" | "BTreeMap" | "FxHashMap" | "AHashMap" | "IndexMap" => Known::Map,
        "JoinHandle" if root == "std" || root == "raceproof" => Known::JoinHandle,
        "SyncSender" => Known::BoundedSender,
        "Receiver" if root == "std" && middle("mpsc") => Known::Receiver,
        "Barrier" if root == "std" => Known::Barrier,
        "usize" | "u64" | "u32" | "u16" | "u8" | "isize" | "i64" | "i32" | "i16" | "i8" | "bool" if path.len() == 1 => {
            Known::Primitive
        }
        name if name.starts_with("Atomic")
            && (root == "std" || root == "core" || root.is_empty() || root == "portable_atomic") =>
        {
            Known::Atomic
        }
        _ if root.is_empty() => return None,
        _ => Known::Foreign,
    })
}
