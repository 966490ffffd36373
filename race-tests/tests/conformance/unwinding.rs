//! Unwinding is one simulated thread's, though all share an OS thread.

use crate::worlds::simulated;
use raceproof::explore::world;
use raceproof::sync::{Arc, Mutex, RwLock};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Locks while its thread unwinds, so that another may run meanwhile.
struct Busy(Arc<Mutex<u32>>);

impl Drop for Busy {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
        assert!(thread::panicking());
    }
}

#[test]
fn a_bystander_is_not_poisoned() {
    simulated(|| {
        let (busy, theirs) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let (a, b, c) = (Arc::clone(&busy), Arc::clone(&busy), Arc::clone(&theirs));
        let unwinds = thread::spawn(move || {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _busy = Busy(a);
                panic!("on purpose")
            }));
        });
        let bystander = thread::spawn(move || {
            let guard = c.lock().unwrap();
            drop(b.lock().unwrap());
            assert!(!thread::panicking());
            drop(guard);
        });
        unwinds.join().unwrap();
        bystander.join().unwrap();
        assert!(theirs.lock().is_ok());
        assert!(busy.lock().is_ok());
    });
}

#[test]
fn a_destructor_waits_for_a_bystanders_lock() {
    // The bystander lets go while the other thread unwinds: its release must neither poison nor be put off.
    simulated(|| {
        let busy = Arc::new(Mutex::new(0));
        let (a, b) = (Arc::clone(&busy), Arc::clone(&busy));
        let unwinds = thread::spawn(move || {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _busy = Busy(a);
                panic!("on purpose")
            }));
        });
        let bystander = thread::spawn(move || {
            let mut guard = b.lock().unwrap();
            thread::yield_now();
            *guard += 1;
        });
        unwinds.join().unwrap();
        bystander.join().unwrap();
        assert_eq!(*busy.lock().unwrap(), 2);
    });
}

#[test]
fn a_writer_beside_one_who_unwinds_is_not_poisoned() {
    struct Reads(Arc<RwLock<u32>>);
    impl Drop for Reads {
        fn drop(&mut self) {
            let _ = *self.0.read().unwrap();
        }
    }
    simulated(|| {
        let lock = Arc::new(RwLock::new(0));
        let (a, b) = (Arc::clone(&lock), Arc::clone(&lock));
        let unwinds = thread::spawn(move || {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _reads = Reads(a);
                panic!("on purpose")
            }));
        });
        let bystander = thread::spawn(move || *b.write().unwrap() += 1);
        unwinds.join().unwrap();
        bystander.join().unwrap();
        assert_eq!(*lock.write().unwrap(), 1);
    });
}

#[test]
fn two_threads_unwind_at_once() {
    simulated(|| {
        let shared = Arc::new((Mutex::new(0), Arc::new(Mutex::new(0))));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let _busy = Busy(Arc::clone(&shared.1));
                    let _guard = shared.0.lock().unwrap_or_else(|e| e.into_inner());
                    panic!("on purpose")
                })
            })
            .collect();
        for thread in threads {
            assert!(thread.join().is_err());
        }
        assert!(!thread::panicking());
        assert!(shared.0.is_poisoned());
        assert_eq!(*shared.1.lock().unwrap(), 2);
        assert!(world::take_strays().is_empty());
    });
}
