//! Strategies: how a guarded type's operations reach its state.
//!
//! The seam has two sides that do not know each other. The attribute on the struct names a strategy ([`Guarded`]); the
//! attribute on the impl makes one operation type a method ([`Op`]) and asks the strategy, whatever it is, to run it
//! ([`Call`]). A strategy that cannot carry an operation does not implement `Call` for it, so that this one method is
//! refused, at its name.
//!
//! What an operation says of itself, for strategies to choose by:
//!
//! | item | what it says | from |
//! |---|---|---|
//! | `Op::Access` | [`Exclusive`] or [`Shared`] | the receiver |
//! | `Op::Mode` | [`Detach`]: it may be sent and not waited for; else [`Wait`] | `&mut self`, no result, no reference among the arguments |
//! | `Op::Route` | [`ByKey`], [`ByThread`], [`Whole`], [`Sweep`], [`Unrouted`]: which parts of a state in parts it concerns | `#[key]`, `#[merge]`, `#[consistency]` |
//! | [`Keyed`] | the hash of its key | `#[key]` on a parameter that is `Hash` |
//! | [`Fold`] | how results become one | `#[merge(..)]` |
//! | [`Commutes`] | its order among others that say so does not matter | `#[commutes]` |
//! | [`Again`] | it can run more than once | arguments that are `Clone` |
//! | [`Repeatable`] | its body may run more than once | no visible side effect |
//! | `Op::rmw` | its body is one read-modify-write | the body |
//! | `Op::CONSISTENCY` | what callers may rely on | `#[consistency(..)]` |
//!
//! A strategy's options are parameters of its marker, `Sharded<16>`: `macros/src/strategy/mod.rs` tells how a row maps
//! `shards = 16` to that.

mod actor;
mod atomic;
mod first_use;
mod frame;
mod hash;
mod hidden;
mod left_right;
pub mod merge;
mod mutation;
mod mutex;
mod op;
mod pack;
mod pointer;
mod recipe;
mod rwlock;
mod shard;
mod shard_lock;
mod sharded;
mod striped;

pub use actor::{Actor, Bounded, OnCaller, OnThread, Posts, Rings, Room, Unbounded};
#[cfg(feature = "explore")]
pub(crate) use atomic::Change;
pub use atomic::{Atomic, Packed};
pub(crate) use hash::already;
pub use hash::fixed_hash;
#[cfg(feature = "explore")]
pub use hidden::poison_message;
pub use hidden::{Build, Hidden, Poison};
pub use left_right::LeftRight;
pub use mutation::Mutation;
pub use mutex::Mutex;
pub use op::{
    Again, ByKey, ByThread, Call, Commutes, Consistency, Detach, Exclusive, Fold, Guarded, Keyed, Named, OnPanic,
    OneState, Op, ReadOp, Repeatable, Rmw, Shared, StateSend, StateShare, Strategy, Sweep, Unrouted, Visit, Wait,
    Whole,
};
pub use pack::{Amount, Integer, Kind, KnownAmount, Pack, Packer, UnknownAmount, Unpacker, Word};
pub use recipe::{Known, Neutral, Recipe};
pub use rwlock::RwLock;
#[cfg(feature = "explore")]
pub use shard_lock::ShardLock;
pub use sharded::Sharded;
#[cfg(not(feature = "explore"))]
pub(crate) use sharded::shard_of;
pub use striped::{Adds, Striped, Stripes, Unsigned};
