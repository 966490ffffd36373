//! From tokens, from the manifest and from the file around them: the only rooms that see raw attributes.

pub(crate) mod attributes;
pub(crate) mod block;
mod effects;
pub(crate) mod manifest;
pub(crate) mod options;
pub(crate) mod race_test;
pub(crate) mod race_tests;
pub(crate) mod recover;
mod routing;
pub(crate) mod source;
pub(crate) mod structure;
