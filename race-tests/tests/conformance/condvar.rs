//! `Condvar`.

use crate::worlds::{failures, worlds, worlds_and_sequential};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::{Arc, Condvar, Mutex};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

static _STATIC: Condvar = Condvar::new();

#[test]
fn wakes_who_waits() {
    worlds(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let mut guard = pair.0.lock().unwrap();
        while !*guard {
            guard = pair.1.wait(guard).unwrap();
        }
        drop(guard);
        thread.join().unwrap();
    });
}

#[test]
fn wakes_all_who_wait() {
    worlds(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let pair = Arc::clone(&pair);
                thread::spawn(move || {
                    let guard = pair.1.wait_while(pair.0.lock().unwrap(), |ready| !*ready).unwrap();
                    assert!(*guard);
                })
            })
            .collect();
        *pair.0.lock().unwrap() = true;
        pair.1.notify_all();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn waiting_gives_the_lock_up_and_takes_it_again() {
    worlds(|| {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let mut guard = other.0.lock().unwrap();
            *guard = 1;
            other.1.notify_one();
            thread::yield_now();
            *guard = 2;
        });
        let guard = pair.1.wait_while(pair.0.lock().unwrap(), |value| *value == 0).unwrap();
        assert_eq!(*guard, 2);
        drop(guard);
        thread.join().unwrap();
    });
}

#[test]
fn a_lock_poisoned_meanwhile_is_poisoned_on_return() {
    worlds(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let mut guard = other.0.lock().unwrap();
            *guard = true;
            other.1.notify_one();
            world::quietly(|| panic!("on purpose"));
        });
        let mut guard = pair.0.lock().unwrap_or_else(|e| e.into_inner());
        while !*guard {
            guard = pair.1.wait(guard).unwrap_or_else(|e| e.into_inner());
        }
        drop(guard);
        assert!(thread.join().is_err());
        assert!(pair.0.is_poisoned());
    });
}

#[test]
fn a_lost_wake_up_is_a_deadlock() {
    for failure in failures(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let ready = *pair.0.lock().unwrap();
        if !ready {
            // Between the look and the wait the news may come.
            drop(pair.1.wait(pair.0.lock().unwrap()).unwrap());
        }
        thread.join().unwrap();
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
}

#[test]
fn nobody_can_wake_the_only_thread() {
    let (result, _) = world::sequential(world::fresh_id(), || {
        let pair = (Mutex::new(()), Condvar::new());
        pair.1.notify_one();
        catch_unwind(AssertUnwindSafe(|| drop(pair.1.wait(pair.0.lock().unwrap()))))
    });
    let blocked = *result.unwrap_err().downcast::<world::Blocked>().unwrap();
    assert!(!blocked.forever && blocked.message.contains("Condvar"), "{blocked:?}");
}

#[test]
fn timeouts_are_real_outside() {
    let pair = (Mutex::new(()), Condvar::new());
    let (guard, timed_out) = pair.1.wait_timeout(pair.0.lock().unwrap(), Duration::from_millis(1)).unwrap();
    let _ = timed_out.timed_out();
    let (_guard, timed_out) = pair.1.wait_timeout_while(guard, Duration::from_millis(5), |()| true).unwrap();
    assert!(timed_out.timed_out());
}

#[test]
fn notifying_nobody_is_nothing() {
    worlds_and_sequential(|| {
        let condvar = Condvar::new();
        condvar.notify_one();
        condvar.notify_all();
    });
}
