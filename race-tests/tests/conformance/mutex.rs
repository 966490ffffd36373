//! `Mutex`.

use crate::worlds::{simulated, worlds, worlds_and_sequential};
use raceproof::explore::world;
use raceproof::sync::{Arc, Mutex, TryLockError};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

static _STATIC: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[test]
fn holds_its_data() {
    worlds_and_sequential(|| {
        let mut mutex = Mutex::new(1);
        *mutex.lock().unwrap() += 1;
        *mutex.get_mut().unwrap() += 1;
        assert_eq!(*mutex.try_lock().unwrap(), 3);
        assert!(!mutex.is_poisoned());
        assert_eq!(mutex.into_inner().unwrap(), 3);
        assert_eq!(*Mutex::<u8>::default().lock().unwrap(), 0);
        assert_eq!(*Mutex::from(5).lock().unwrap(), 5);
    });
}

#[test]
fn debug_looks_as_in_std_outside() {
    let mutex = Mutex::new(1);
    assert_eq!(format!("{mutex:?}"), format!("{:?}", std::sync::Mutex::new(1)));
    let guard = mutex.lock().unwrap();
    assert_eq!(format!("{guard:?} {guard}"), "1 1");
    assert_eq!(format!("{mutex:?}"), "Mutex { data: <locked>, poisoned: false, .. }");
}

trait Bump: Send {
    fn bump(&mut self) -> u8;
}

impl Bump for u8 {
    fn bump(&mut self) -> u8 {
        *self += 1;
        *self
    }
}

#[test]
fn unsizes() {
    worlds(|| {
        let mutex: Arc<Mutex<dyn Bump>> = Arc::new(Mutex::new(1_u8));
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || other.lock().unwrap().bump());
        mutex.lock().unwrap().bump();
        thread.join().unwrap();
        assert_eq!(mutex.lock().unwrap().bump(), 4);
    });
}

#[test]
fn excludes() {
    worlds(|| {
        let mutex = Arc::new(Mutex::new((0, 0)));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || {
                    let mut pair = mutex.lock().unwrap();
                    pair.0 += 1;
                    // Somebody else may run here, and must not get in.
                    thread::yield_now();
                    pair.1 += 1;
                    assert_eq!(pair.0, pair.1);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*mutex.lock().unwrap(), (2, 2));
    });
}

#[test]
fn try_lock_does_not_wait() {
    worlds_and_sequential(|| {
        let mutex = Mutex::new(0);
        let guard = mutex.lock().unwrap();
        assert!(matches!(mutex.try_lock(), Err(TryLockError::WouldBlock)));
        drop(guard);
        assert!(mutex.try_lock().is_ok());
    });
    // A lock that is held across a join: an engine that treats `try_lock` as waiting reports a deadlock.
    worlds(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        let guard = mutex.lock().unwrap();
        let thread = thread::spawn(move || other.try_lock().is_err());
        assert!(thread.join().unwrap());
        drop(guard);
    });
}

#[test]
fn a_panic_poisons() {
    worlds(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || {
            let _guard = other.lock().unwrap();
            world::quietly(|| panic!("on purpose"));
        });
        assert!(thread.join().is_err());
        assert!(mutex.is_poisoned());
        assert_eq!(*mutex.lock().unwrap_err().into_inner(), 0);
        assert!(matches!(mutex.try_lock(), Err(TryLockError::Poisoned(_))));
        mutex.clear_poison();
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn a_panic_that_is_caught_while_it_holds_the_lock_poisons_nothing() {
    worlds_and_sequential(|| {
        let mutex = Mutex::new(0);
        let guard = mutex.lock().unwrap();
        let caught = catch_unwind(AssertUnwindSafe(|| world::quietly(|| panic!("on purpose"))));
        assert!(caught.is_err());
        drop(guard);
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn a_resumed_panic_poisons_too() {
    // The hook, from which an exploration knows who unwinds, is not called for it.
    worlds_and_sequential(|| {
        let mutex = Mutex::new(0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _guard = mutex.lock().unwrap();
            std::panic::resume_unwind(Box::new("on purpose"));
        }));
        assert!(caught.is_err());
        assert!(mutex.lock().is_err());
        assert!(mutex.into_inner().is_err());
    });
}

#[test]
fn works_on_after_a_caught_panic() {
    // An engine's own lock would be unusable now.
    simulated(|| {
        let mutex = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                thread::spawn(move || {
                    let _ = catch_unwind(AssertUnwindSafe(|| {
                        let mut guard = mutex.lock().unwrap_or_else(|e| e.into_inner());
                        *guard += 1;
                        panic!("on purpose")
                    }));
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*mutex.lock().unwrap_err().into_inner(), 2);
    });
}
