//! What only exploration needs: the worlds, the engines, and the description of a guarded type's operations.
//!
//! Nothing here is built without the feature `explore`. `raceproof-test` is its user.

pub mod argument;
pub mod blame;
pub mod by_hand;
pub mod engine;
pub mod event;
pub mod home;
pub mod late;
pub(crate) mod loads;
pub mod mutation;
pub mod native;
pub(crate) mod places;
pub mod subject;
pub mod weaken;
pub mod world;

pub use crate::strategy::{Mutation, ShardLock, poison_message};
