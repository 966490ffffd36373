//! `thread::scope`.

use crate::worlds::{failures, worlds, worlds_and_sequential};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::Mutex;
use raceproof::sync::atomic::{AtomicU32, Ordering::SeqCst};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn threads_borrow() {
    worlds_and_sequential(|| {
        let mut numbers = [1, 2];
        let total = Mutex::new(0);
        let result = thread::scope(|scope| {
            let (a, b) = numbers.split_at_mut(1);
            scope.spawn(|| {
                a[0] += 10;
                *total.lock().unwrap() += a[0];
            });
            let handle = scope.spawn(|| {
                b[0] += 10;
                *total.lock().unwrap() += b[0];
                "result"
            });
            handle.join().unwrap()
        });
        assert_eq!((numbers, *total.lock().unwrap(), result), ([11, 12], 23, "result"));
    });
}

#[test]
fn waits_for_all_even_if_it_panics() {
    worlds(|| {
        let done = AtomicU32::new(0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::yield_now();
                    done.fetch_add(1, SeqCst);
                });
                world::quietly(|| panic!("on purpose"));
            });
        }));
        assert!(caught.is_err());
        assert_eq!(done.load(SeqCst), 1);
    });
}

#[test]
fn threads_of_the_scope_start_others() {
    worlds(|| {
        let done = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                scope.spawn(|| done.fetch_add(1, SeqCst));
                done.fetch_add(1, SeqCst);
            });
        });
        assert_eq!(done.load(SeqCst), 2);
    });
}

#[test]
fn a_thread_may_join_another_of_the_scope() {
    worlds(|| {
        let number = thread::scope(|scope| {
            let first = scope.spawn(|| 1);
            let second = scope.spawn(|| first.join().unwrap() + 1);
            second.join().unwrap()
        });
        assert_eq!(number, 2);
    });
}

#[test]
fn a_panic_that_nobody_joined_is_the_scopes() {
    worlds_and_sequential(|| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            world::quietly(|| {
                thread::scope(|scope| {
                    scope.spawn(|| world::quietly(|| panic!("on purpose")));
                })
            });
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"a scoped thread panicked"));
        thread::scope(|scope| {
            assert!(scope.spawn(|| world::quietly(|| panic!("on purpose"))).join().is_err());
        });
    });
}

#[test]
fn builders_build_scoped_threads() {
    worlds(|| {
        thread::scope(|scope| {
            let handle = thread::Builder::new().name("borrower".to_owned()).spawn_scoped(scope, || {
                assert_eq!(thread::current().name(), Some("borrower"));
            });
            let handle = handle.unwrap();
            assert_eq!(handle.thread().name(), Some("borrower"));
            handle.join().unwrap();
        });
    });
}

#[test]
fn a_refusal_inside_comes_through() {
    for failure in failures(|| {
        let lock = raceproof::sync::RwLock::new(0);
        thread::scope(|scope| {
            scope.spawn(|| drop(lock.write()));
            let _a = lock.read().unwrap();
            let _b = lock.read().unwrap();
        });
    }) {
        assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
    }
}
