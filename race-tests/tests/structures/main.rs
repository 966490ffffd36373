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

use raceproof::sync::atomic::Ordering::Relaxed;
use raceproof_test::{Explorer, Rung};

// Each shows in one of the first executions of some scenario, and of others in none of thousands: they are looked at first.
#[test]
fn what_shows_at_once_is_found_soon() {
    let shallow = [
        locks::some_mcs(false),
        publishing::some_rcu(false),
        publishing::some_counted(Relaxed),
        publishing::some_bucket(false),
        publishing::some_exchanger(false),
        waiting::some_semaphore(false),
        waiting::some_work(false),
        two_locks::some_cache(two_locks::Way::Crossed),
        two_locks::some_bank(two_locks::Transfer::PayerFirst),
        two_locks::some_bank(two_locks::Transfer::OneByOne),
    ];
    for subject in shallow {
        let report = Explorer::new(subject).rungs(&[Rung::Loom]).budget(0.0).run();
        assert!(report.finding().is_some() && report.executions() <= 100, "{}\n{report}", report.executions());
    }
}
