//! An item as the expansion needs it: no raw attribute, every question answered.

pub(crate) mod block;
pub(crate) mod exploration;
pub(crate) mod structure;
