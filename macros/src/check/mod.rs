//! What a model must not be.

pub(crate) mod block;
pub(crate) mod results;
pub(crate) mod structure;
