//! Threads.

use crate::worlds::{failure, simulated, under_loom, under_shuttle, worlds, worlds_and_sequential};
use raceproof::explore::engine::End;
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use raceproof::sync::{Arc, Mutex};
use raceproof::{hint, thread};
use std::time::Duration;

#[test]
fn give_their_results() {
    worlds_and_sequential(|| {
        let handle = thread::spawn(|| "result".to_owned());
        let _ = handle.thread().id();
        assert_eq!(handle.join().unwrap(), "result");
    });
}

#[test]
fn a_panic_is_the_joiners_error() {
    worlds_and_sequential(|| {
        let handle = thread::spawn(|| world::quietly(|| panic!("on purpose")));
        let payload = handle.join().unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
    });
}

#[test]
fn a_panic_that_nobody_joins_is_kept() {
    let strays = Arc::new(std::sync::Mutex::new(0));
    let count = Arc::clone(&strays);
    simulated(move || {
        *count.lock().unwrap() += world::take_strays().len();
        drop(thread::spawn(|| panic!("on purpose")));
    });
    // After the last execution nothing has been taken, unless the next began; the walk has hundreds.
    assert_eq!(*strays.lock().unwrap(), 0);
    let outcome = under_shuttle(1, || drop(thread::spawn(|| panic!("on purpose"))));
    assert!(matches!(outcome.end, End::Stopped));
    let strays = world::take_strays();
    assert_eq!(strays.len(), 1);
    assert_eq!(strays[0].message, "on purpose");
    assert!(strays[0].location.as_deref().is_some_and(|place| place.contains("thread.rs")), "{strays:?}");
}

#[test]
fn have_names_and_numbers() {
    worlds(|| {
        let handle = thread::Builder::new()
            .name("worker".to_owned())
            .stack_size(64 * 1024)
            .spawn(|| (thread::current().name().map(str::to_owned), thread::current().id()))
            .unwrap();
        let id = handle.thread().id();
        assert_eq!(handle.thread().name(), Some("worker"));
        assert_ne!(id, thread::current().id());
        assert_eq!(handle.join().unwrap(), (Some("worker".to_owned()), id));
    });
}

#[test]
fn have_a_stack_of_the_size_that_is_said() {
    // 32 KiB, loom's own, or a size taken for words or bytes, would overflow.
    fn deep(n: usize) -> usize {
        let block = std::hint::black_box([n as u8; 1024]);
        if n == 0 { usize::from(block[0]) } else { deep(n - 1) + usize::from(block[1] != 0) }
    }
    worlds(|| {
        let handle = thread::spawn(|| deep(60));
        handle.join().unwrap();
    });
    worlds(|| {
        let handle = thread::Builder::new().stack_size(2 << 20).spawn(|| deep(500)).unwrap();
        handle.join().unwrap();
    });
}

#[test]
fn finish() {
    worlds(|| {
        let handle = thread::spawn(|| ());
        while !handle.is_finished() {
            thread::yield_now();
        }
        handle.join().unwrap();
    });
}

#[test]
fn parallelism_does_not_depend_on_the_machine() {
    simulated(|| assert_eq!(thread::available_parallelism().unwrap().get(), 2));
    assert_eq!(thread::available_parallelism().unwrap(), std::thread::available_parallelism().unwrap());
}

#[test]
fn spinning_ends() {
    worlds(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let handle = thread::spawn(move || other.store(true, Ordering::Release));
        while !flag.load(Ordering::Acquire) {
            hint::spin_loop();
        }
        handle.join().unwrap();
    });
    worlds(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let handle = thread::spawn(move || other.store(true, Ordering::Release));
        while !flag.load(Ordering::Acquire) {
            thread::sleep(Duration::from_micros(1));
        }
        handle.join().unwrap();
    });
}

#[test]
fn sleeping_long_enough_is_no_synchronisation() {
    let late = || {
        let value = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&value);
        let handle = thread::spawn(move || other.store(1, Ordering::SeqCst));
        thread::sleep(Duration::from_secs(3600));
        assert_eq!(value.load(Ordering::SeqCst), 1, "too early");
        handle.join().unwrap();
    };
    let early = failure("loom", move || under_loom(late));
    assert!(early.message.contains("too early"), "{early:?}");
    let early = failure("shuttle", move || under_shuttle(2_000, late));
    assert!(early.message.contains("too early"), "{early:?}");
}

#[test]
fn a_fifth_thread_is_refused_by_loom() {
    let failure = failure("loom", || {
        under_loom(|| {
            for _ in 0..5 {
                thread::spawn(|| ());
            }
        })
    });
    assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
    assert!(
        failure.message.contains("at most 4 beside the main one") && failure.message.contains("thread.rs"),
        "{failure:?}"
    );
}

#[test]
fn four_threads_are_not() {
    let outcome = under_loom(|| {
        for _ in 0..4 {
            thread::spawn(|| ());
        }
    });
    assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
}

#[test]
fn threads_that_are_left_running_stay_in_their_world() {
    // The main thread is done before them; they go on in the execution, and the static's copy is there for them.
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = Arc::clone(&left);
    simulated(move || {
        let mutex = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&seen);
        thread::spawn(move || {
            thread::yield_now();
            assert_ne!(world::current(), world::World::Std);
            *mutex.lock().unwrap() += 1;
        });
        seen.fetch_add(world::threads_live(), std::sync::atomic::Ordering::Relaxed);
    });
    assert!(left.load(std::sync::atomic::Ordering::Relaxed) > 0);
    assert_eq!(world::current(), world::World::Std);
}
