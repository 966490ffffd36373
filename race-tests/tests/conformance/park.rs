//! `park`, `unpark`, and what they order.

use crate::worlds::{failures, outcomes, simulated, worlds};
use raceproof::explore::world::FailureKind;
use raceproof::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use raceproof::sync::{Arc, Mutex};
use raceproof::thread;
use std::time::Duration;

#[test]
fn unparking_lets_it_go_on_whichever_comes_first() {
    worlds(|| {
        let value = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&value);
        let thread = thread::spawn(move || {
            while theirs.load(Relaxed) == 0 {
                thread::park();
            }
        });
        value.store(1, Relaxed);
        thread.thread().unpark();
        thread.join().unwrap();
    });
}

#[test]
fn unparking_orders_what_came_before() {
    simulated(|| {
        let value = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&value);
        // std's own `park` may return for no reason, so only the engines can be asked this.
        let thread = thread::spawn(move || {
            thread::park();
            // Relaxed: `unpark` has ordered it.
            assert_eq!(theirs.load(Relaxed), 1);
        });
        value.store(1, Relaxed);
        thread.thread().unpark();
        thread.join().unwrap();
    });
}

#[test]
fn a_token_is_one_token() {
    for failure in failures(|| {
        let me = thread::current();
        me.unpark();
        me.unpark();
        thread::park();
        thread::park();
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
}

#[test]
fn others_do_not_take_it() {
    worlds(|| {
        let main = thread::current();
        let order = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&order);
        let thread = thread::spawn(move || {
            *theirs.lock().unwrap() = 1;
            main.unpark();
        });
        while *order.lock().unwrap() == 0 {
            thread::park();
        }
        thread.join().unwrap();
    });
}

#[test]
fn for_a_while_only() {
    let woken = outcomes(|| {
        let value = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&value);
        let thread = thread::spawn(move || {
            thread::park_timeout(Duration::from_millis(1));
            theirs.load(Relaxed)
        });
        value.store(1, Relaxed);
        thread.thread().unpark();
        thread.join().unwrap()
    });
    assert_eq!(woken, [0, 1], "the time may be over before anything has happened");
    // With nobody to unpark it, time lets it go on.
    worlds(|| thread::park_timeout(Duration::from_millis(1)));
}

#[test]
fn the_handle_of_another_world_is_refused() {
    let real = thread::current();
    for failure in failures(move || real.unpark()) {
        assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
        assert!(failure.message.contains("`Thread::unpark`"), "{failure:?}");
    }
}
