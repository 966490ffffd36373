//! `RwLock`.

use crate::worlds::{failures, simulated, worlds, worlds_and_sequential};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use raceproof::sync::{Arc, RwLock, TryLockError};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

static _STATIC: RwLock<Vec<u8>> = RwLock::new(Vec::new());

#[test]
fn holds_its_data() {
    worlds_and_sequential(|| {
        let mut lock = RwLock::new(1);
        *lock.write().unwrap() += 1;
        *lock.get_mut().unwrap() += 1;
        assert_eq!(*lock.read().unwrap(), 3);
        assert_eq!(*lock.try_read().unwrap(), 3);
        *lock.try_write().unwrap() += 1;
        assert_eq!(lock.into_inner().unwrap(), 4);
        assert_eq!(*RwLock::<u8>::default().read().unwrap(), 0);
        assert_eq!(*RwLock::from(5).read().unwrap(), 5);
    });
}

#[test]
fn debug_looks_as_in_std_outside() {
    assert_eq!(format!("{:?}", RwLock::new(1)), format!("{:?}", std::sync::RwLock::new(1)));
}

#[test]
fn unsizes() {
    let lock: Arc<RwLock<dyn Fn() -> u8 + Send + Sync>> = Arc::new(RwLock::new(|| 7));
    assert_eq!(lock.read().unwrap()(), 7);
}

#[test]
fn a_writer_is_alone() {
    worlds(|| {
        let lock = Arc::new(RwLock::new((0, 0)));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || {
            let mut pair = other.write().unwrap();
            pair.0 += 1;
            thread::yield_now();
            pair.1 += 1;
        });
        {
            let pair = lock.read().unwrap();
            assert_eq!(pair.0, pair.1);
        }
        lock.write().unwrap().1 += 1;
        writer.join().unwrap();
        assert_eq!(*lock.read().unwrap(), (1, 2));
    });
}

#[test]
fn readers_run_side_by_side() {
    // Some execution has both inside; in an exploration it is found.
    let most = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = std::sync::Arc::clone(&most);
    simulated(move || {
        let lock = Arc::new(RwLock::new(()));
        let inside = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (lock, inside) = (Arc::clone(&lock), Arc::clone(&inside));
                let seen = std::sync::Arc::clone(&seen);
                thread::spawn(move || {
                    let _guard = lock.read().unwrap();
                    let now = inside.fetch_add(1, SeqCst) + 1;
                    seen.fetch_max(now, SeqCst);
                    inside.fetch_sub(1, SeqCst);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(most.load(SeqCst), 2);
}

#[test]
fn attempts_do_not_wait() {
    worlds(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let guard = lock.read().unwrap();
        let thread = thread::spawn(move || {
            (other.try_read().is_ok(), matches!(other.try_write(), Err(TryLockError::WouldBlock)))
        });
        assert_eq!(thread.join().unwrap(), (true, true));
        drop(guard);
        let other = Arc::clone(&lock);
        let guard = lock.write().unwrap();
        let thread = thread::spawn(move || (other.try_read().is_err(), other.try_write().is_err()));
        assert_eq!(thread.join().unwrap(), (true, true));
        drop(guard);
    });
}

#[test]
fn a_writer_poisons_and_a_reader_does_not() {
    worlds_and_sequential(|| {
        let lock = RwLock::new(0);
        let read = catch_unwind(AssertUnwindSafe(|| {
            let _guard = lock.read().unwrap();
            world::quietly(|| panic!("on purpose"));
        }));
        assert!(read.is_err() && !lock.is_poisoned());
        let write = catch_unwind(AssertUnwindSafe(|| {
            let _guard = lock.write().unwrap();
            world::quietly(|| panic!("on purpose"));
        }));
        assert!(write.is_err() && lock.is_poisoned());
        assert!(lock.read().is_err());
        assert!(lock.write().is_err());
        lock.clear_poison();
        assert!(lock.write().is_ok());
        assert!(lock.read().is_ok());
    });
}

#[test]
fn a_recursive_read_is_refused() {
    for failure in failures(|| {
        let lock = RwLock::new(0);
        let _first = lock.read().unwrap();
        let _second = lock.read().unwrap();
    }) {
        assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
        assert!(failure.message.starts_with("recursive read:"), "{failure:?}");
        assert!(failure.message.contains("rwlock.rs"), "{failure:?}");
    }
}

#[test]
fn two_threads_may_read_while_a_writer_waits() {
    worlds(|| {
        let lock = Arc::new(RwLock::new(0));
        let (a, b) = (Arc::clone(&lock), Arc::clone(&lock));
        let reader = thread::spawn(move || *a.read().unwrap());
        let writer = thread::spawn(move || *b.write().unwrap() += 1);
        assert!(*lock.read().unwrap() <= 1);
        assert!(reader.join().unwrap() <= 1);
        writer.join().unwrap();
        assert_eq!(*lock.read().unwrap(), 1);
    });
}
