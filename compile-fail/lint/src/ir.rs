//! What is kept of a source file once it is parsed: types, signatures, and function bodies cut down to what can take,
//! hold or release a lock. A syntax tree cannot cross threads and is twenty times as large; this can, and is kept for
//! the whole workspace.

use crate::names::Name;

/// A piece of a file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Span {
    /// From the start of one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span { lo: self.lo, hi: other.hi.max(self.hi) }
    }
}

/// A type as it is written, before any name in it is resolved.
#[derive(Clone, Debug)]
pub enum TyRef {
    /// `a::B<C>`.
    Path(Box<[Seg]>),
    /// `&T`, `*const T`.
    Ref(Box<TyRef>),
    /// `(A, B)`.
    Tuple(Box<[TyRef]>),
    /// `[T]` and `[T; N]`.
    Slice(Box<TyRef>),
    /// `impl Fn()`, `dyn FnMut()`, `fn()`.
    Callable,
    /// `impl Deref<Target = T>`, inferred types, macros.
    Other,
}

/// One segment of a path, with its type arguments.
#[derive(Clone, Debug)]
pub struct Seg {
    /// The identifier.
    pub name: Name,
    /// The type arguments, without lifetimes and constants.
    pub args: Box<[TyRef]>,
}

/// A pattern, as far as it binds names.
#[derive(Clone, Debug)]
pub enum Pat {
    /// `x`, `ref mut x`, `x @ p`.
    Bind(Name),
    /// `_`.
    Wild,
    /// `Some(p)`, `Foo { a, b: p }`: the last segment of the path, and the fields.
    Fields(Option<Name>, Box<[(Name, Pat)]>),
    /// `(a, b)`.
    Tuple(Box<[Pat]>),
    /// `a | b`, slices, literals: nothing is tracked through them, but their names are bound.
    Names(Box<[Name]>),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A literal, or anything in which nothing of interest happens.
    Nothing,
    /// Operands that are evaluated in order; the result is unknown.
    Operands(Box<[Expr]>),
    /// Operands behind a reference, as in `println!("{}", x)`; the result is unknown.
    Shown(Box<[Expr]>),
    /// A macro that never returns.
    Diverge(Box<[Expr]>),
    /// `a::b::<T>::c`.
    Path(Box<[Seg]>),
    /// `x.field`.
    Field(Box<Expr>, Name),
    /// `x[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `x.method(args)`.
    Method(Box<Method>),
    /// `f(args)`.
    Call(Box<Call>),
    /// `&x`, `&mut x`.
    Ref(Box<Expr>),
    /// `*x`.
    Deref(Box<Expr>),
    /// `x.await`.
    Await(Box<Expr>),
    /// `x?`.
    Try(Box<Expr>),
    /// `{ ... }`, with its label.
    Block(Box<Block>),
    /// `async { ... }`.
    Async(Box<Block>),
    /// `if c { a } else { b }`.
    If(Box<If>),
    /// `let p = x` inside a condition.
    Let(Box<(Pat, Expr)>),
    /// `a && b`, `a || b`.
    Lazy(Box<(Expr, Expr)>),
    /// `match x { ... }`.
    Match(Box<Match>),
    /// `loop`, `while`, `for`.
    Loop(Box<Loop>),
    /// `|a, b| body`.
    Closure(Box<Closure>),
    /// `a = b`.
    Assign(Box<(Expr, Expr)>),
    /// `return x`.
    Return(Option<Box<Expr>>),
    /// `break 'label x`.
    Break(Option<Name>, Option<Box<Expr>>),
    /// `continue 'label`.
    Continue(Option<Name>),
    /// `S { a: x, ..rest }`.
    Struct(Box<[Seg]>, Box<[(Name, Expr)]>),
    /// `(a, b)`.
    Tuple(Box<[Expr]>),
}

/// A method call.
#[derive(Clone, Debug)]
pub struct Method {
    /// The receiver.
    pub receiver: Expr,
    /// The method.
    pub name: Name,
    /// Where the method's name is.
    pub at: Span,
    /// The arguments.
    pub args: Box<[Expr]>,
    /// A short text of the first argument, to compare keys by.
    pub key: Option<Name>,
}

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Expr,
    /// The arguments.
    pub args: Box<[Expr]>,
}

/// An `if`.
#[derive(Clone, Debug)]
pub struct If {
    /// The condition.
    pub cond: Expr,
    /// The block.
    pub then: Block,
    /// The other block.
    pub otherwise: Option<Expr>,
}

/// A `match`.
#[derive(Clone, Debug)]
pub struct Match {
    /// What is looked at.
    pub on: Expr,
    /// The arms: pattern, guard, body.
    pub arms: Box<[(Pat, Option<Expr>, Expr)]>,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its label.
    pub label: Option<Name>,
    /// Which one it is.
    pub head: Head,
    /// Its body.
    pub body: Block,
}

/// The head of a loop.
#[derive(Clone, Debug)]
pub enum Head {
    /// `loop`.
    Forever,
    /// `while c`.
    While(Expr),
    /// `for p in x`.
    For(Pat, Expr),
}

/// A closure.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The parameters, with their types where they are written.
    pub params: Box<[(Pat, TyRef)]>,
    /// The body.
    pub body: Expr,
    /// Whether it is `async`.
    pub is_async: bool,
}

/// A block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its label.
    pub label: Option<Name>,
    /// The statements.
    pub stmts: Box<[Stmt]>,
    /// The last expression, which has no semicolon.
    pub tail: Option<Box<Expr>>,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// `let p: T = x else { ... };`
    Let(Box<Let>),
    /// `x;`
    Expr(Expr),
}

/// A `let`.
#[derive(Clone, Debug)]
pub struct Let {
    /// The pattern.
    pub pat: Pat,
    /// The type, where it is written.
    pub ty: Option<TyRef>,
    /// The value.
    pub init: Option<Expr>,
    /// The block after `else`.
    pub otherwise: Option<Block>,
}

/// A parameter of a type or a function.
#[derive(Clone, Debug)]
pub struct Generic {
    /// Its name.
    pub name: Name,
    /// Whether a bound says that it can be called.
    pub callable: bool,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Where its name is.
    pub at: Span,
    /// The parameters, `self` among them.
    pub params: Vec<(Pat, TyRef)>,
    /// Whether the first is `self`, and whether by value.
    pub receiver: Option<Receiver>,
    /// What it returns.
    pub output: Option<TyRef>,
    /// Its own generics.
    pub generics: Vec<Generic>,
    /// Whether everybody may call it.
    pub public: bool,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether it is a test, or inside of `#[cfg(test)]`.
    pub test: bool,
    /// Its body.
    pub body: Option<Block>,
    /// The names of what it calls.
    pub calls: Box<[Name]>,
    /// Whether it does anything a rule looks at by itself.
    pub busy: bool,
}

/// How a method takes `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// `&self`.
    Shared,
    /// `&mut self`.
    Exclusive,
    /// `self`, `self: Arc<Self>`.
    Value,
}

/// A struct, union or enum.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: Name,
    /// Where its name is.
    pub at: Span,
    /// Its generics.
    pub generics: Vec<Generic>,
    /// The fields (of an enum, those of all its variants).
    pub fields: Vec<FieldDef>,
    /// Whether it is public.
    pub public: bool,
    /// Whether it is an enum.
    pub is_enum: bool,
    /// Whether it has an attribute of raceproof's.
    pub guarded: bool,
    /// Whether it is only there for tests.
    pub test: bool,
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldDef {
    /// The variant, in an enum.
    pub variant: Option<Name>,
    /// Its name, or its number.
    pub name: Name,
    /// Its type.
    pub ty: TyRef,
    /// Whether it is public.
    pub public: bool,
    /// Where it is.
    pub at: Span,
}

/// An `impl` block; functions outside of any have an empty one.
#[derive(Clone, Debug)]
pub struct Impl {
    /// The type.
    pub on: TyRef,
    /// The trait's name.
    pub of: Option<Name>,
    /// Its generics.
    pub generics: Vec<Generic>,
    /// Where it is.
    pub at: Span,
    /// Whether it is `unsafe impl Send` or `Sync`.
    pub unsafe_marker: bool,
    /// Its functions, as numbers in the module.
    pub functions: Vec<usize>,
    /// `type Target = T` and the like.
    pub types: Vec<(Name, TyRef)>,
}

/// A static.
#[derive(Clone, Debug)]
pub struct Static {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TyRef,
    /// Where it is.
    pub at: Span,
    /// Whether it is a `static mut`.
    pub mutable: bool,
}

/// An import.
#[derive(Clone, Debug)]
pub struct Use {
    /// The path.
    pub path: Box<[Name]>,
    /// What it is called here; nothing means all of it.
    pub rename: Option<Name>,
}

/// A module, or the inside of a function that has items of its own.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Where it is in the crate.
    pub path: Vec<Name>,
    /// Whether names are also looked up one level above.
    pub inside_function: bool,
    /// Imports.
    pub uses: Vec<Use>,
    /// Types.
    pub types: Vec<TypeDef>,
    /// `type A = B`.
    pub aliases: Vec<(Name, Vec<Generic>, TyRef)>,
    /// Statics.
    pub statics: Vec<Static>,
    /// Functions, methods included.
    pub functions: Vec<Function>,
    /// For each function, its `impl` block.
    pub owner: Vec<Option<usize>>,
    /// `impl` blocks; a trait is one with an unknown type.
    pub impls: Vec<Impl>,
}
