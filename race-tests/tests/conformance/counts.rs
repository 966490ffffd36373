//! The facade adds no executions: loom explores as many as of a model that is written by hand.

use crate::worlds::under_loom;
use raceproof::sync::{Arc, Mutex, RwLock};
use raceproof::thread;

/// A counter: so many threads, the main one among them, with so many operations each.
fn mutex(threads: usize, operations: usize) -> u64 {
    under_loom(move || {
        let mutex = Arc::new(Mutex::new(0));
        let work = move |mutex: &Mutex<usize>| {
            for _ in 0..operations {
                *mutex.lock().unwrap() += 1;
            }
        };
        let handles: Vec<_> = (1..threads)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || work(&mutex))
            })
            .collect();
        work(&mutex);
        for handle in handles {
            handle.join().unwrap();
        }
        // No lock here: it would be one more to interleave.
        assert_eq!(Arc::into_inner(mutex).unwrap().into_inner().unwrap(), threads * operations);
    })
    .executions
}

fn rwlock(operations: usize) -> u64 {
    under_loom(move || {
        let lock = Arc::new(RwLock::new(0));
        let handles: Vec<_> = (0..2)
            .map(|i| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || {
                    for _ in 0..operations {
                        if i == 0 {
                            *lock.write().unwrap() += 1;
                        } else {
                            assert!(*lock.read().unwrap() <= operations);
                        }
                    }
                })
            })
            .collect();
        for handle in handles {
            handle.join().unwrap();
        }
    })
    .executions
}

/// loom 0.7.2's own numbers.
#[test]
fn as_many_as_raw_loom() {
    assert_eq!(mutex(2, 2), 14);
    assert_eq!(mutex(2, 3), 50);
    assert_eq!(mutex(3, 2), 1981);
}

#[test]
fn readers_and_writers_as_raw_loom() {
    let raw = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = std::sync::Arc::clone(&raw);
    loom::model(move || {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let lock = std::sync::Arc::new(loom::sync::RwLock::new(0));
        let handles: Vec<_> = (0..2)
            .map(|i| {
                let lock = std::sync::Arc::clone(&lock);
                loom::thread::spawn(move || {
                    for _ in 0..2 {
                        if i == 0 {
                            *lock.write().unwrap() += 1;
                        } else {
                            let _ = *lock.read().unwrap();
                        }
                    }
                })
            })
            .collect();
        for handle in handles {
            handle.join().unwrap();
        }
    });
    assert_eq!(rwlock(2), raw.load(std::sync::atomic::Ordering::Relaxed));
}
