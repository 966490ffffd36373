//! The one-word lock that a shipped `sharded` type has in each part: explored by itself, since explored types have the
//! facade's lock in its place.
//!
//! Two threads lock, change what is behind the lock, and let go by a store. What can go wrong is that both are inside, or
//! that the second does not see what the first has done; the cells tell both, as data races. Executions are bounded: who
//! waits spins, and each turn that it gives away is a choice. Completed with two preemptions: 2 threads x 2 sections.

use crate::worlds::{failure, under_loom, under_shuttle};
use raceproof::cell::UnsafeCell;
use raceproof::explore::ShardLock;
use raceproof::explore::engine::{End, Flow, Outcome, loom};
use raceproof::explore::world::FailureKind;
use raceproof::sync::Arc;
use raceproof::sync::atomic::{AtomicU32, Ordering};
use raceproof::thread;

fn contend(sections: usize) {
    let lock = Arc::new(ShardLock::new(0));
    let work = move |lock: &ShardLock<usize>| (0..sections).for_each(|_| lock.lock().run(|value| *value += 1));
    let other = Arc::clone(&lock);
    let thread = thread::spawn(move || work(&other));
    work(&lock);
    thread.join().unwrap();
    assert_eq!(lock.lock().run(|value| *value), 2 * sections);
}

fn bounded(preemptions: usize, body: impl Fn() + Send + Sync + 'static) -> Outcome {
    let config = loom::Config { preemption_bound: Some(preemptions), ..loom::Config::default() };
    loom::explore(&config, move || {
        body();
        Flow::Continue
    })
}

#[test]
fn one_at_a_time_and_what_it_did_is_seen() {
    let outcome = bounded(2, || contend(2));
    assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
    assert!(outcome.executions > 10, "{outcome:?}");
    let outcome = under_shuttle(300, || contend(3));
    assert!(matches!(outcome.end, End::Stopped), "{outcome:?}");
    (0..20).for_each(|_| contend(1_000));
}

#[test]
fn a_panic_inside_lets_go_and_is_remembered() {
    let body = || {
        let lock = Arc::new(ShardLock::new(0));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let inside = || other.lock().run(|_| std::panic::resume_unwind(Box::new("on purpose")));
            let caught: Result<(), _> = std::panic::catch_unwind(std::panic::AssertUnwindSafe(inside));
            assert!(caught.is_err());
        });
        let early = !lock.lock().is_poisoned();
        thread.join().unwrap();
        assert!(lock.lock().is_poisoned() && (early || lock.lock().is_poisoned()));
        lock.lock().set_poisoned(false);
        assert!(!lock.lock().is_poisoned());
    };
    let outcome = bounded(2, body);
    assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
    let outcome = under_shuttle(200, body);
    assert!(matches!(outcome.end, End::Stopped), "{outcome:?}");
}

/// The same lock with one thing wrong: it is let go without `Release`.
struct Careless {
    taken: AtomicU32,
    value: UnsafeCell<usize>,
}
// SAFETY: none: that is what the test is about.
unsafe impl Sync for Careless {}

#[test]
fn without_release_it_is_found() {
    let found = failure("loom", || {
        under_loom(|| {
            let lock = Arc::new(Careless { taken: AtomicU32::new(0), value: UnsafeCell::new(0) });
            let work = |lock: &Careless| {
                while lock.taken.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
                    raceproof::hint::spin_loop();
                }
                // SAFETY: as above.
                lock.value.with_mut(|value| unsafe { *value += 1 });
                lock.taken.store(0, Ordering::Relaxed);
            };
            let other = Arc::clone(&lock);
            let thread = thread::spawn(move || work(&other));
            work(&lock);
            thread.join().unwrap();
        })
    });
    assert_eq!(found.kind, FailureKind::DataRace, "{found:?}");
}
