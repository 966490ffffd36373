//! `Barrier`.

use crate::worlds::{failures, outcomes, worlds};
use raceproof::explore::world::FailureKind;
use raceproof::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use raceproof::sync::{Arc, Barrier};
use raceproof::thread;

static _STATIC: Barrier = Barrier::new(2);

#[test]
fn nobody_passes_before_all_are_here() {
    worlds(|| {
        let shared = Arc::new((Barrier::new(2), AtomicUsize::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            // Relaxed: the barrier orders it.
            other.1.fetch_add(1, Relaxed);
            other.0.wait().is_leader()
        });
        shared.1.fetch_add(1, Relaxed);
        let mine = shared.0.wait().is_leader();
        assert_eq!(shared.1.load(Relaxed), 2);
        assert_ne!(mine, thread.join().unwrap(), "one leads");
    });
}

#[test]
fn it_can_be_used_again() {
    worlds(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let thread = thread::spawn(move || u8::from(other.wait().is_leader()) + u8::from(other.wait().is_leader()));
        let mine = u8::from(barrier.wait().is_leader()) + u8::from(barrier.wait().is_leader());
        assert_eq!(mine + thread.join().unwrap(), 2);
    });
}

#[test]
fn either_may_lead() {
    let led = outcomes(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let thread = thread::spawn(move || _ = other.wait());
        let led = barrier.wait().is_leader();
        thread.join().unwrap();
        led
    });
    assert_eq!(led, [false, true]);
}

#[test]
fn one_too_few_is_a_deadlock() {
    for failure in failures(|| _ = Barrier::new(2).wait()) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
    // And these stop nobody.
    worlds(|| assert!(Barrier::new(0).wait().is_leader() && Barrier::new(1).wait().is_leader()));
}
