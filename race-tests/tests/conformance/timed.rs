//! Timed waits: in an exploration the time may be over at any moment, and everything that real time can do is reached.

use crate::worlds::{failures, outcomes, simulated, worlds};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::mpsc::{RecvTimeoutError, channel};
use raceproof::sync::{Arc, Condvar, Mutex};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

const WHILE: Duration = Duration::from_millis(1);

/// A flag, and news of it.
type Pair = Arc<(Mutex<bool>, Condvar)>;

fn raise_it(pair: &Pair) -> thread::JoinHandle<()> {
    let other = Arc::clone(pair);
    thread::spawn(move || {
        *other.0.lock().unwrap() = true;
        other.1.notify_one();
    })
}

#[test]
fn news_or_time_or_both() {
    let seen = outcomes(|| {
        let pair = Pair::default();
        let guard = pair.0.lock().unwrap();
        let thread = raise_it(&pair);
        let (guard, result) = pair.1.wait_timeout(guard, WHILE).unwrap();
        let seen = (result.timed_out(), *guard);
        drop(guard);
        thread.join().unwrap();
        seen
    });
    // The last is what people forget: the time was over, and then the news came.
    assert_eq!(seen, [(false, true), (true, false), (true, true)]);
}

#[test]
fn as_long_as_a_condition_holds() {
    worlds(|| {
        let pair = Pair::default();
        let thread = raise_it(&pair);
        let guard = pair.0.lock().unwrap();
        let (guard, result) = pair.1.wait_timeout_while(guard, WHILE, |raised| !*raised).unwrap();
        assert!(*guard || result.timed_out());
        drop(guard);
        thread.join().unwrap();
    });
}

#[test]
fn a_loop_of_timed_waits_comes_to_an_end() {
    worlds(|| {
        let pair = Pair::default();
        let thread = raise_it(&pair);
        let mut guard = pair.0.lock().unwrap();
        while !*guard {
            guard = pair.1.wait_timeout(guard, WHILE).unwrap().0;
        }
        drop(guard);
        thread.join().unwrap();
    });
}

#[test]
fn a_lost_wake_up_is_mended_by_time() {
    simulated(|| {
        let pair = Pair::default();
        let thread = raise_it(&pair);
        let ready = *pair.0.lock().unwrap();
        if !ready {
            // Between the look and the wait the news may come; without the time that would be a deadlock.
            drop(pair.1.wait_timeout(pair.0.lock().unwrap(), WHILE).unwrap());
        }
        thread.join().unwrap();
    });
}

#[test]
fn one_notification_wakes_one() {
    simulated(|| {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&pair);
        let guard = pair.0.lock().unwrap();
        let thread = thread::spawn(move || {
            let guard = other.0.lock().unwrap();
            !other.1.wait_timeout(guard, WHILE).unwrap().1.timed_out()
        });
        let (guard, result) = pair.1.wait_timeout(guard, WHILE).unwrap();
        drop(guard);
        // Nobody notified; then one is.
        assert!(result.timed_out());
        pair.1.notify_one();
        let _woken_if_it_waited: bool = thread.join().unwrap();
    });
}

#[test]
fn receiving_for_a_while() {
    let seen = outcomes(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            sender.send(1).unwrap();
            sender
        });
        let seen = receiver.recv_timeout(WHILE);
        drop(thread.join().unwrap());
        // What time has cut off has not lost its message.
        assert!(seen.is_ok() || receiver.recv() == Ok(1));
        seen.map_err(|error| error == RecvTimeoutError::Timeout)
    });
    assert_eq!(seen, [Ok(1), Err(true)]);
    worlds(|| {
        let (sender, receiver) = channel::<u8>();
        let thread = thread::spawn(move || drop(sender));
        let seen = receiver.recv_timeout(WHILE);
        assert!(matches!(seen, Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)));
        thread.join().unwrap();
        assert_eq!(receiver.recv_timeout(WHILE), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn a_specification_cannot_say_how_it_ends() {
    for body in [(|| _ = Condvar::new().wait_timeout(Mutex::new(()).lock().unwrap(), WHILE)) as fn(), || {
        thread::park_timeout(WHILE)
    }] {
        let (result, _) = world::sequential(world::fresh_id(), || catch_unwind(AssertUnwindSafe(body)));
        let refused = result.unwrap_err().downcast::<world::Refused>().unwrap();
        assert!(refused.0.contains("specification"), "{}", refused.0);
    }
    world::take_refusal();
}

#[test]
fn a_loop_that_only_time_could_end_is_no_deadlock_but_has_no_end() {
    for failure in failures(|| {
        let pair = Pair::default();
        let mut guard = pair.0.lock().unwrap();
        while !*guard {
            guard = pair.1.wait_timeout(guard, WHILE).unwrap().0;
        }
    }) {
        assert_eq!(failure.kind, FailureKind::StepBound, "{failure:?}");
    }
}
