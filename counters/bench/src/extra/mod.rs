//! What is no contest: false sharing, bytes, many actors, and the soak.

pub(crate) mod actors;
pub(crate) mod bytes;
pub(crate) mod heap;
pub(crate) mod sharing;
pub(crate) mod soak;
