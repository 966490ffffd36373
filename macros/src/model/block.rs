//! A guarded impl.

use crate::types;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Block as Body, Generics, ImplItemFn, Path, ReturnType, Signature, Type, TypePath, Visibility};

/// One guarded impl: the same methods on the state and, as critical sections, on the wrapper.
pub(crate) struct Block {
    pub(crate) cfgs: Vec<Attribute>,
    /// Attributes of the impl itself.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) generics: Generics,
    /// The type, as the user wrote it.
    pub(crate) self_ty: TypePath,
    /// Its last name.
    pub(crate) own: Ident,
    pub(crate) trait_: Option<Path>,
    pub(crate) members: Vec<Member>,
    /// Which of the type's guarded impls this is.
    pub(crate) number: usize,
    pub(crate) number_span: Span,
    /// Whether an earlier impl, or one that may be anywhere, shows how to build the object without arguments.
    pub(crate) constructed_before: bool,
    /// Whether another impl of the type works by keys, as far as the file shows.
    pub(crate) keys_elsewhere: bool,
    /// Types that the file declares, less visible than a `pub` wrapper's explorer may name.
    pub(crate) private_types: Vec<String>,
    /// Whether the wrapper is `pub`, as far as the file shows.
    pub(crate) wrapper_is_public: bool,
    /// The struct is in another module, so its state is out of sight. (Refused.)
    pub(crate) elsewhere: bool,
    /// Something was refused.
    pub(crate) stub: bool,
}

pub(crate) enum Member {
    Method(Box<Method>),
    /// An associated constant: on both sides.
    Const(Box<syn::ImplItemConst>),
    /// An associated type of a trait: on both sides.
    Type(Box<syn::ImplItemType>),
}

/// One function of the impl.
pub(crate) struct Method {
    /// As it goes on the state: the user's, without our own attributes.
    pub(crate) source: ImplItemFn,
    pub(crate) cfgs: Vec<Attribute>,
    /// What the wrapper's method takes over.
    pub(crate) face: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// With our own attributes stripped.
    pub(crate) sig: Signature,
    pub(crate) body: Body,
    pub(crate) kind: Kind,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) wraps: Wraps,
    /// `#[allow_callback]`.
    pub(crate) allow_callback: bool,
    /// No side effect in it can be seen.
    pub(crate) repeatable: bool,
    /// `#[merge(..)]`.
    pub(crate) merge: Option<Merge>,
    /// `#[consistency(..)]`.
    pub(crate) consistency: Consistency,
    /// `#[commutes]`, for errors about it.
    pub(crate) commutes: Option<TokenStream>,
    /// `#[explored(Q = K)]`.
    pub(crate) explored: Vec<(Ident, Type)>,
    /// The wrapper gets a stub.
    pub(crate) refused: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Runs inside the lock, and is on the state alone.
    Private,
    /// `&self`.
    Shared,
    /// `&mut self`.
    Exclusive,
    /// `self`.
    Consuming,
    /// No receiver.
    Associated,
}

/// How the results of the parts of a state become one.
pub(crate) enum Merge {
    /// One of [`MERGES`].
    Named(Ident),
    /// `with = path`.
    With(Box<syn::Expr>),
}

/// The folds that have a name; `raceproof::__private::merge` has a function for each.
pub(crate) const MERGES: &[&str] = &["sum", "min", "max", "any", "all", "extend", "each"];

/// What callers may rely on.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Consistency {
    #[default]
    Linearizable,
    Sequential,
    Quiescent,
}

impl Consistency {
    /// The variant's name in the library.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "Linearizable",
            Self::Sequential => "Sequential",
            Self::Quiescent => "Quiescent",
        }
    }
}

/// One parameter after the receiver.
pub(crate) struct Argument {
    /// The user's name for it, or one of ours for a pattern.
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    /// `other: Self`: the wrapper takes a wrapper, and gives its state.
    pub(crate) own: bool,
    /// `#[arg(..)]`.
    pub(crate) given: Option<TokenStream>,
    /// `#[key]`, for errors about it.
    pub(crate) key: Option<TokenStream>,
}

/// Where the result holds a plain state that the wrapper's caller gets as a wrapper.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Wraps {
    Nothing,
    /// `Self`, as written.
    Plain(Box<Type>),
    Option(Box<Type>),
    Result(Box<Type>),
}

impl Block {
    /// Whether a method without a key may concern just any part of the state: not where others have keys, nor where a
    /// trait says what the method does (`Extend` would put all into the thread's own part).
    pub(crate) fn any_part_will_do(&self) -> bool {
        self.trait_.is_none() && !self.keys_elsewhere && self.exposed().all(|method| method.key().is_none())
    }

    /// A public constructor without arguments, under no condition: it makes a neutral state.
    pub(crate) fn neutral(&self) -> Option<&Method> {
        let plain = || self.exposed().filter(|method| method.is_plain_constructor() && method.cfgs.is_empty());
        plain().find(|method| method.sig.ident == "new").or_else(|| plain().next())
    }

    /// The methods of the wrapper.
    pub(crate) fn exposed(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().filter_map(|member| match member {
            Member::Method(method) if method.kind != Kind::Private => Some(&**method),
            _ => None,
        })
    }
}

impl Method {
    pub(crate) fn is_operation(&self) -> bool {
        matches!(self.kind, Kind::Shared | Kind::Exclusive) && !self.refused
    }

    /// Whether callers get nothing back.
    pub(crate) fn is_without_result(&self) -> bool {
        match &self.sig.output {
            ReturnType::Default => true,
            ReturnType::Type(_, ty) => matches!(types::bare(ty), Type::Tuple(tuple) if tuple.elems.is_empty()),
        }
    }

    /// Which argument is the key.
    pub(crate) fn key(&self) -> Option<usize> {
        self.arguments.iter().position(|argument| argument.key.is_some())
    }

    /// Whether the operation may be sent and not waited for: nobody wants a result, and its arguments hold no reference
    /// that tokens show.
    pub(crate) fn can_be_detached(&self) -> bool {
        let owned = |argument: &Argument| {
            let found = types::borrows(&argument.ty);
            !argument.own && !found.impl_trait && found.lifetimes.iter().all(|lifetime| lifetime == "static")
        };
        self.kind == Kind::Exclusive
            && self.is_without_result()
            && self.sig.generics.type_params().next().is_none()
            && self.arguments.iter().all(owned)
    }

    /// Builds the object without arguments.
    pub(crate) fn is_plain_constructor(&self) -> bool {
        self.kind == Kind::Associated
            && !self.refused
            && self.arguments.is_empty()
            && matches!(self.wraps, Wraps::Plain(_))
            && self.sig.generics.params.is_empty()
    }
}
