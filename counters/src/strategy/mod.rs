//! Strategies: how a guarded type's operations reach its state.
//!
//! The seam has two sides that do not know each other. The attribute on the struct names a strategy ([`Guarded`]); the
//! attribute on the impl makes one operation type a method ([`Op`]) and asks the strategy, whatever it is, to run it
//! ([`Call`]). A strategy that cannot carry an operation does not implement `Call` for it, so that this one method is
//! refused, at its name.

mod atomic;
mod hidden;
mod mutation;
mod mutex;
mod op;
mod rwlock;

pub use atomic::{Amount, Atomic, Integer, KnownAmount, UnknownAmount, Word};
#[cfg(feature = "explore")]
pub use hidden::poison_message;
pub use hidden::{Build, Hidden, Poison};
pub use mutation::Mutation;
pub use mutex::Mutex;
pub use op::{
    Again, Call, Exclusive, Guarded, Named, OnPanic, Op, ReadOp, Rmw, Shared, StateSend, StateShare, Strategy,
};
pub use rwlock::RwLock;
