//! `#[guarded]` as it ships: each form of struct, impl, signature and derive, called from outside.
//!
//! `signatures` has one test for each row of `src/guarded_signatures.md`; what is refused has its cases in the gallery.

#![allow(unreachable_pub, reason = "the types stand as they would in a library")]

mod atomic;
mod derives;
mod hygiene;
mod nesting;
mod poison;
mod sharded;
mod signatures;
mod strategies;
mod structs;
mod table;
mod traits;
