//! The facade's conformance: the same bodies over every item, in every world.
//!
//! What holds in std must hold in an exploration, and what cannot be carried must be refused by name. Each file is one
//! item or one trap; [`worlds`] runs a body in std, under loom in all its interleavings, and under shuttle in some.

mod atomic;
mod barrier;
mod cell;
mod condvar;
mod counts;
mod deadlock;
mod homes;
mod loads;
mod local;
mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod park;
mod rwlock;
mod scope;
mod shard_lock;
mod sync_channel;
mod thread;
mod timed;
mod unwinding;
mod wait_group;
mod worlds;
