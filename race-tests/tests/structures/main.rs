//! The classic structures, written by hand over the facade: each correct, and with its known bug.
//!
//! The correct one must pass every rung, and the broken one be found, with a report that is a golden text. Memory is
//! arrays and indices, so that nothing but the algorithm is at stake.

#![allow(unreachable_pub, reason = "a structure's public methods are those that threads share")]

mod chapter;
mod dekker;
mod handshakes;
mod locks;
mod michael_scott;
mod publishing;
mod support;
mod treiber;
mod two_locks;
mod vyukov;
mod waiting;
