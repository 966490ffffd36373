//! From a model to tokens. Nothing here refuses, and nothing here sees a raw attribute.

pub(crate) mod block;
mod derives;
pub(crate) mod explore;
mod operation;
pub(crate) mod race_test;
pub(crate) mod race_tests;
mod rmw;
mod serde;
pub(crate) mod structure;
mod wrapper;
