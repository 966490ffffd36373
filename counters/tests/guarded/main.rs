//! `#[guarded]` as it ships: each form of struct, impl, signature and derive, called from outside.
//!
//! `signatures` has one test for each row of `src/guarded_signatures.md`; what is refused has its cases in the gallery.

mod derives;
mod hygiene;
mod nesting;
mod poison;
mod signatures;
mod strategies;
mod structs;
mod traits;
