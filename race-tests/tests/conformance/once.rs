//! `Once` and `LazyLock`.

use crate::worlds::{failures, worlds, worlds_and_sequential};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use raceproof::sync::{Arc, LazyLock, Once};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

static _ONCE: Once = Once::new();
static _LAZY: LazyLock<String> = LazyLock::new(|| "lazy".to_owned());

#[test]
fn it_is_done_once_and_seen_by_all() {
    worlds(|| {
        let shared = Arc::new((Once::new(), AtomicUsize::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            // Relaxed here and below: the `Once` orders it.
            other.0.call_once(|| _ = other.1.fetch_add(1, Relaxed));
            assert_eq!(other.1.load(Relaxed), 1);
        });
        if shared.0.is_completed() {
            assert_eq!(shared.1.load(Relaxed), 1);
        }
        shared.0.call_once(|| _ = shared.1.fetch_add(1, Relaxed));
        assert_eq!(shared.1.load(Relaxed), 1);
        thread.join().unwrap();
    });
}

#[test]
fn who_waits_for_it_sees_it() {
    worlds(|| {
        let shared = Arc::new((Once::new(), AtomicUsize::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || other.0.call_once(|| other.1.store(7, Relaxed)));
        shared.0.wait();
        assert_eq!(shared.1.load(Relaxed), 7);
        thread.join().unwrap();
    });
}

#[test]
fn a_panic_poisons_it_until_it_is_forced() {
    worlds_and_sequential(|| {
        let once = Once::new();
        let poison = || catch_unwind(AssertUnwindSafe(|| once.call_once(|| world::quietly(|| panic!("on purpose")))));
        assert!(poison().is_err());
        world::panic_caught();
        let again = catch_unwind(AssertUnwindSafe(|| world::quietly(|| once.call_once(|| ()))));
        world::panic_caught();
        assert!(again.unwrap_err().downcast_ref::<&str>().is_some_and(|text| text.contains("poisoned")));
        assert!(!once.is_completed());
        once.call_once_force(|state| assert!(state.is_poisoned()));
        once.call_once(|| unreachable!());
        once.wait();
        assert!(once.is_completed());
    });
}

#[test]
fn coming_back_to_oneself_is_a_deadlock() {
    for failure in failures(|| {
        let once = Once::new();
        once.call_once(|| once.call_once(|| ()));
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
}

#[test]
fn a_lazy_value_is_made_once() {
    worlds(|| {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let lazy = Arc::new(LazyLock::new(move || count.fetch_add(1, Relaxed) + 10));
        let other = Arc::clone(&lazy);
        let thread = thread::spawn(move || **other);
        assert_eq!(**lazy, 10);
        assert_eq!(thread.join().unwrap(), 10);
        assert_eq!(made.load(Relaxed), 1);
    });
}

#[test]
fn a_lazy_value_that_panics_is_poisoned() {
    worlds_and_sequential(|| {
        let lazy: LazyLock<u8> = LazyLock::new(|| world::quietly(|| panic!("on purpose")));
        assert!(catch_unwind(AssertUnwindSafe(|| *lazy)).is_err());
        world::panic_caught();
        let again = catch_unwind(AssertUnwindSafe(|| world::quietly(|| *lazy)));
        world::panic_caught();
        assert!(again.unwrap_err().downcast_ref::<&str>().is_some_and(|text| text.contains("poisoned")));
    });
}
