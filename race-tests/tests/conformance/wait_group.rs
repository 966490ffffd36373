//! `WaitGroup`.

use crate::worlds::{failures, worlds, worlds_and_sequential};
use raceproof::explore::world::FailureKind;
use raceproof::sync::atomic::{AtomicU32, Ordering::Relaxed};
use raceproof::sync::{Arc, WaitGroup};
use raceproof::thread;

#[test]
fn waits_for_every_part() {
    worlds(|| {
        let group = WaitGroup::new();
        let count = Arc::new(AtomicU32::new(0));
        for _ in 0..2 {
            let (part, count) = (group.clone(), Arc::clone(&count));
            thread::spawn(move || {
                count.fetch_add(1, Relaxed);
                drop(part);
            });
        }
        group.wait();
        assert_eq!(count.load(Relaxed), 2);
    });
}

#[test]
fn waits_for_nothing() {
    worlds_and_sequential(|| {
        let group = WaitGroup::default();
        drop(group.clone());
        group.wait();
    });
}

#[test]
fn a_part_that_is_kept_is_a_deadlock() {
    for failure in failures(|| {
        let group = WaitGroup::new();
        let _kept = group.clone();
        group.wait();
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
}
