//! The vocabulary between the two attributes: what the struct's side and the impl's side say to each other.

use super::mutation::Mutation;

/// A wrapper made by `#[guarded]`: which hidden state it has, and how its operations reach it.
pub trait Guarded {
    /// The user's struct, renamed and hidden.
    type State;
    /// How operations reach the state.
    type Strategy: Strategy<Self::State>;
}

/// The name that a user gave to the type whose state this is; it stands in messages.
pub trait Named {
    /// The wrapper's name.
    const NAME: &'static str;
}

/// An operation that may change the state: a method with `&mut self`.
pub enum Exclusive {}

/// An operation that only reads the state: a method with `&self`.
pub enum Shared {}

/// The caller needs the operation's result, or lends it an argument: it waits until the operation has run.
pub enum Wait {}

/// A `&mut self` method without result whose arguments, as far as their tokens show, hold no reference: it may be sent,
/// and not waited for.
pub enum Detach {}

/// The caller waits, and what he brings may be bound to his thread: it must be run there. Only the derives bring such.
pub enum Visit {}

/// The operation concerns one key, which a parameter with `#[key]` names: see [`Keyed`].
pub enum ByKey {}

/// A `&mut self` method without result and without a key: any part of the state will do, so the thread's own does.
pub enum ByThread {}

/// The operation runs on every part of the state, all of them held at once, and [`Fold`] puts the results together.
pub enum Whole {}

/// The same, one part after the other: the method declares a consistency below linearizability.
pub enum Sweep {}

/// The operation has no key, and no `#[merge]` says how results are put together: it needs the state in one piece.
pub enum Unrouted {}

/// What callers may rely on, in the order in which results can be explained. Only a `&self` method may declare less
/// than the first; all other methods are linearizable among themselves whatever it returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consistency {
    /// The results fit into one order of the operations that respects program order and what was over before
    /// something else began.
    #[default]
    Linearizable,
    /// The order respects each thread's program order, and may be behind the clock.
    Sequential,
    /// The order respects only moments at which no operation was under way.
    Quiescent,
}

/// One method, with its arguments: what a critical section does.
pub trait Op<S> {
    /// The method's result. It cannot borrow from the state: no lifetime here is the state's.
    type Out;
    /// [`Exclusive`] or [`Shared`].
    type Access;
    /// [`Wait`], [`Detach`] or [`Visit`].
    type Mode;
    /// [`ByKey`], [`ByThread`], [`Whole`], [`Sweep`] or [`Unrouted`]: for strategies that keep the state in parts.
    type Route;
    /// The method's name.
    const NAME: &'static str;
    /// What the method declares with `#[consistency(..)]`.
    const CONSISTENCY: Consistency = Consistency::Linearizable;
    /// The method's body as one read-modify-write of a word, where it is one. Only a hint: a strategy that keeps no word
    /// ignores it, and the body says the same.
    fn rmw(&self) -> Option<Rmw> {
        None
    }
    /// Runs the method on the state.
    fn run(self, state: &mut S) -> Self::Out;
}

/// A read-modify-write of a field that the processor has an instruction for. The amounts are as wide as the field; what
/// stands above that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rmw {
    /// Addition that wraps around; a subtraction is the addition of the negated amount.
    WrappingAdd(u64),
    /// The larger of the two.
    Max(u64),
    /// The smaller of the two.
    Min(u64),
    /// Bitwise "and".
    And(u64),
    /// Bitwise "or".
    Or(u64),
    /// Bitwise "exclusive or".
    Xor(u64),
    /// Another value, whatever there is.
    Swap(u64),
}

/// An operation that can run more than once: its arguments are `Clone`.
#[diagnostic::on_unimplemented(
    message = "this method cannot run twice, and under this strategy it may have to",
    label = "its arguments are not `Clone`",
    note = "derive `Clone` for them, or choose `#[guarded(mutex)]`, which runs each body once"
)]
pub trait Again: Sized {
    /// The same operation with the same arguments.
    fn again(&self) -> Self;
}

/// An operation whose body may run more than once before its outcome is kept: it has no side effect that its tokens
/// show.
#[diagnostic::on_unimplemented(
    message = "RP0041: this method does something that cannot be undone, and under this strategy its body may run more than once",
    label = "it prints, sends, waits, or changes something outside of `self`",
    note = "return what is to be printed, sent or counted, and do that with the result, outside; or choose `#[guarded(mutex)]`, which runs each body once"
)]
pub trait Repeatable {}

/// An operation that can run beside others of its kind.
pub trait ReadOp<S>: Op<S, Access = Shared> {
    /// Runs the method on a state that others may be reading.
    fn read(self, state: &S) -> Self::Out;
}

/// An operation that concerns one key: a parameter bears `#[key]`.
#[diagnostic::on_unimplemented(
    message = "the key of this method cannot be hashed",
    label = "its `#[key]` parameter is not `Hash`",
    note = "`#[guarded(sharded)]` finds the part of the state that a key belongs to by its hash: derive `Hash` for the key's type"
)]
pub trait Keyed {
    /// The key's hash, by a hasher that is the same in every build and for every object.
    fn key(&self) -> u64;
}

/// An operation whose results on the parts of a state make one result: the method bears `#[merge(..)]`.
pub trait Fold<S>: Op<S> {
    /// One result from two; `next` is that of a later part.
    fn fold(first: Self::Out, next: Self::Out) -> Self::Out;
}

/// An operation that commutes with every other one that says so: the method bears `#[commutes]`. Its user vouches for
/// that, and the exploration checks it.
#[diagnostic::on_unimplemented(
    message = "RP0042: this method is posted to a mailbox of rings, and does not say that it commutes",
    label = "each sender has a queue of its own: nobody knows in which order two senders' calls are run",
    note = "write `#[commutes]` above it, if the order of its calls among all that say so cannot be told; or leave out `mailbox = rings`, and one queue keeps the order"
)]
pub trait Commutes {}

/// A strategy that keeps the state in one piece, so that it can be taken out again: methods with `self`, arguments
/// `other: Self`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps the state in parts, so it cannot be taken out in one piece",
    label = "this takes the state out of its wrapper",
    note = "write a method with `&self` and `#[merge(..)]` that returns what is wanted of every part; or choose `#[guarded(mutex)]`"
)]
pub trait OneState {}

/// A way to keep a state: a lock, a word, a mailbox.
pub trait Strategy<S> {
    /// What the wrapper holds.
    type Cell;
    /// What a panic in a method does to the object; the specification does the same.
    const ON_PANIC: OnPanic;
    /// For a strategy that keeps the state in parts: which part a key belongs to, by its hash. A panic then poisons the
    /// key's part, and the others go on; the specification does the same.
    const PART: Option<fn(u64) -> usize> = None;
    /// Whether operations of mode [`Detach`] are posted. Their callers never hear of a panic then: what panics poisons the
    /// object, and what is posted to a poisoned object is thrown away.
    const POSTS: bool = false;
    /// Whether something is made at the first call that two first calls race for. The explorer then tries that, too.
    const FIRST_USE: bool = false;
    /// The mistakes that it can be told to make, for the suite to find.
    const MUTATIONS: &'static [Mutation] = &[];
    /// Takes the state out, when no one else can reach it. Panics if the object is poisoned. A strategy that keeps the
    /// state in parts returns the one that the object was made of: only a new object's specification asks it for that.
    fn into_state(cell: Self::Cell) -> S
    where
        S: Named;
    /// Whether a panic has left the state in doubt.
    fn is_poisoned(cell: &Self::Cell) -> bool
    where
        S: Named;
    /// Declares the state sound again.
    fn clear_poison(cell: &Self::Cell)
    where
        S: Named;
}

/// What a panic in a method does to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnPanic {
    /// Whether a panic in a `&mut self` method poisons; if not, the state is as it was before the call.
    pub exclusive_poisons: bool,
    /// Whether a panic in a `&self` method poisons.
    pub shared_poisons: bool,
}

/// A strategy that can run this operation.
#[diagnostic::on_unimplemented(
    message = "the strategy `{Self}` cannot carry this method",
    label = "not with this strategy",
    note = "the note below names the bound that the method's arguments, result or state do not meet; choose another strategy, `#[guarded(mutex)]` carries every method"
)]
pub trait Call<S, O: Op<S>>: Strategy<S> {
    /// Runs the operation as one critical section.
    fn call(cell: &Self::Cell, op: O) -> O::Out;
}

/// A field type that may stand in a guarded struct.
#[diagnostic::on_unimplemented(
    message = "RP0008: `{Self}` cannot be sent between threads, so no lock can share it",
    label = "this field is not `Send`",
    note = "a guarded state is reached from every thread: use `Arc` for `Rc`, and keep raw pointers and thread-bound handles out of it"
)]
pub trait StateSend {}
impl<T: Send + ?Sized> StateSend for T {}

/// A field type that readers may look at side by side.
#[diagnostic::on_unimplemented(
    message = "RP0009: `{Self}` cannot be read by several threads at once, so a read-write lock cannot share it",
    label = "this field is not `Sync`",
    note = "use `#[guarded(mutex)]`, where readers are alone too, or a plain field and a `&mut self` method in place of the cell"
)]
pub trait StateShare {}
impl<T: Sync + ?Sized> StateShare for T {}
