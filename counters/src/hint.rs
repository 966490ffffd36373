//! `std::hint`, explorable.

/// Tells the processor that this thread spins, as [`std::hint::spin_loop`]. In an exploration, lets other threads go on:
/// a loop that waits for another thread must say so somehow, or it never ends.
#[cfg(not(feature = "explore"))]
pub use std::hint::spin_loop;

/// Tells the processor that this thread spins, as [`std::hint::spin_loop`]. In an exploration, lets other threads go on:
/// a loop that waits for another thread must say so somehow, or it never ends.
#[cfg(feature = "explore")]
#[inline]
#[track_caller]
pub fn spin_loop() {
    use crate::explore::world::{self, World};
    if world::current() == World::Std {
        std::hint::spin_loop();
    } else {
        crate::thread::give_way("spin_loop", std::panic::Location::caller());
    }
}
