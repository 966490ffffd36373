//! Deadlocks are found and named, and none of them takes the process down: destructors run while the engine, which has
//! given up, unwinds the thread that noticed.

use crate::worlds::{failures, simulated, under_loom, under_shuttle};
use raceproof::explore::engine::End;
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::{Arc, Mutex, RwLock};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn is_deadlock(body: impl Fn() + Send + Sync + Clone + 'static) {
    for failure in failures(body) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
}

#[test]
fn two_locks_in_two_orders() {
    is_deadlock(|| {
        let pair = Arc::new((Mutex::new(0), Mutex::new(0)));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let _a = other.0.lock().unwrap();
            let _b = other.1.lock().unwrap();
        });
        {
            let _b = pair.1.lock().unwrap();
            let _a = pair.0.lock().unwrap();
        }
        thread.join().unwrap();
    });
}

#[test]
fn read_guards_are_alive() {
    is_deadlock(|| {
        let pair = Arc::new((RwLock::new(0), RwLock::new(0)));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let _a = other.0.read().unwrap();
            let _b = other.1.write().unwrap();
        });
        {
            let _b = pair.1.read().unwrap();
            let _a = pair.0.write().unwrap();
        }
        thread.join().unwrap();
    });
}

#[test]
fn write_guards_are_alive() {
    is_deadlock(|| {
        let pair = Arc::new((RwLock::new(0), RwLock::new(0)));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let _a = other.0.write().unwrap();
            let _b = other.1.read().unwrap();
        });
        {
            let _b = pair.1.write().unwrap();
            let _a = pair.0.read().unwrap();
        }
        thread.join().unwrap();
    });
}

#[test]
fn one_thread_alone() {
    is_deadlock(|| {
        let mutex = Mutex::new(0);
        let _a = mutex.lock().unwrap();
        let _b = mutex.lock().unwrap();
    });
    is_deadlock(|| {
        let lock = RwLock::new(0);
        let _a = lock.read().unwrap();
        let _b = lock.write().unwrap();
    });
}

#[test]
fn one_thread_alone_in_a_specification() {
    for wrong in [
        || {
            let mutex = Mutex::new(0);
            let _a = mutex.lock().unwrap();
            let _b = mutex.lock().unwrap();
        },
        || {
            let lock = RwLock::new(0);
            let _a = lock.read().unwrap();
            let _b = lock.write().unwrap();
        },
        || {
            let lock = RwLock::new(0);
            let _a = lock.write().unwrap();
            let _b = lock.read().unwrap();
        },
    ] {
        let (result, touched) = world::sequential(world::fresh_id(), || catch_unwind(AssertUnwindSafe(wrong)));
        let blocked = *result.unwrap_err().downcast::<world::Blocked>().unwrap();
        assert!(blocked.forever && blocked.message.contains("deadlock.rs:"), "{blocked:?}");
        assert!(touched);
    }
}

/// Locks when it goes.
struct LocksOnDrop(Arc<Mutex<i32>>);

impl Drop for LocksOnDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(|e| e.into_inner()) += 1;
    }
}

#[test]
fn a_destructor_that_locks_is_alive() {
    is_deadlock(|| {
        let pair = Arc::new((Mutex::new(0), Mutex::new(0)));
        let drops = Arc::new(Mutex::new(0));
        let (other, theirs) = (Arc::clone(&pair), Arc::clone(&drops));
        let thread = thread::spawn(move || {
            let _locks = LocksOnDrop(theirs);
            let _a = other.0.lock().unwrap();
            let _b = other.1.lock().unwrap();
        });
        {
            let _locks = LocksOnDrop(drops);
            let _b = pair.1.lock().unwrap();
            let _a = pair.0.lock().unwrap();
        }
        thread.join().unwrap();
    });
}

#[test]
fn found_at_the_end_of_a_thread() {
    // The thread that ends last before everybody waits has asked the engine nothing when it is found.
    is_deadlock(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            std::mem::forget(other.write().unwrap());
        });
        let _locks = LocksOnDrop(Arc::new(Mutex::new(0)));
        let _guard = lock.read().unwrap();
        thread.join().unwrap();
        let _other = lock.write();
    });
}

#[test]
fn in_a_scope_that_others_borrow_from() {
    is_deadlock(|| {
        let pair = (Mutex::new(0), Mutex::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let _a = pair.0.lock().unwrap();
                let _b = pair.1.lock().unwrap();
            });
            let _b = pair.1.lock().unwrap();
            let _a = pair.0.lock().unwrap();
        });
    });
}

#[test]
fn swallowing_it_does_not_help() {
    for failure in failures(|| {
        let mutex = Mutex::new(0);
        let _a = mutex.lock().unwrap();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(mutex.lock())));
    }) {
        assert!(matches!(failure.kind, FailureKind::Deadlock | FailureKind::Panic), "{failure:?}");
    }
}

#[test]
fn found_inside_a_destructor_that_a_panic_runs() {
    // One thread unwinds and waits, in a destructor, for the lock that another holds, who waits for one of its own. Some
    // executions find the deadlock in the destructor, where a panic would end the process; others leave a thread behind
    // that never comes to the end of its unwinding.
    is_deadlock(|| {
        let pair = Arc::new((Mutex::new(0), Arc::new(Mutex::new(0))));
        let other = Arc::clone(&pair);
        let unwinds = thread::spawn(move || {
            let _a = other.0.lock().unwrap();
            let _locks = LocksOnDrop(Arc::clone(&other.1));
            panic!("on purpose")
        });
        {
            let _b = pair.1.lock().unwrap();
            drop(pair.0.lock());
        }
        let _ = unwinds.join();
    });
}

#[test]
fn an_os_thread_whose_panic_was_never_caught_says_so() {
    // The deadlock is found by the bystander, and the other thread's unwinding never ends.
    let unwound_for_ever = || {
        let pair = Arc::new((Mutex::new(0), Arc::new(Mutex::new(0))));
        let other = Arc::clone(&pair);
        let _b = pair.1.lock().unwrap();
        let unwinds = thread::spawn(move || {
            let _locks = LocksOnDrop(Arc::clone(&other.1));
            panic!("on purpose")
        });
        // Until the other waits, in its destructor.
        thread::yield_now();
        let _ = unwinds.join();
    };
    for shuttle in [false, true] {
        std::thread::spawn(move || {
            assert!(!world::tainted());
            let outcome = if shuttle { under_shuttle(1, unwound_for_ever) } else { under_loom(unwound_for_ever) };
            let End::Failed(failure) = outcome.end else { panic!("{outcome:?}") };
            assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
            assert!(world::tainted());
            // What std says is the OS thread's; nothing of ours is unwinding.
            assert!(std::thread::panicking() && !thread::panicking());
            let mutex = Mutex::new(0);
            drop(mutex.lock());
            assert!(mutex.lock().is_ok());
        })
        .join()
        .unwrap();
    }
    simulated(|| drop(Mutex::new(0).lock().unwrap()));
}
