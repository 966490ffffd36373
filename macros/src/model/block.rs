//! A guarded impl.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Block as Body, Generics, ImplItemFn, Path, Signature, Type, TypePath, Visibility};

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

/// One parameter after the receiver.
pub(crate) struct Argument {
    /// The user's name for it, or one of ours for a pattern.
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    /// `other: Self`: the wrapper takes a wrapper, and gives its state.
    pub(crate) own: bool,
    /// `#[arg(..)]`.
    pub(crate) given: Option<TokenStream>,
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

    /// Builds the object without arguments.
    pub(crate) fn is_plain_constructor(&self) -> bool {
        self.kind == Kind::Associated
            && !self.refused
            && self.arguments.is_empty()
            && matches!(self.wraps, Wraps::Plain(_))
            && self.sig.generics.params.is_empty()
    }
}
