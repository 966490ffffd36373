//! `UnsafeCell`.

use crate::worlds::{failure, under_loom, worlds, worlds_and_sequential};
use raceproof::cell::UnsafeCell;
use raceproof::explore::world::FailureKind;
use raceproof::sync::Arc;
use raceproof::sync::atomic::{AtomicBool, Ordering};
use raceproof::thread;

#[test]
fn holds_its_data() {
    worlds_and_sequential(|| {
        let mut cell = UnsafeCell::new(1);
        // SAFETY: one thread.
        cell.with_mut(|value| unsafe { *value += 1 });
        *cell.get_mut() += 1;
        // SAFETY: one thread.
        assert_eq!(cell.with(|value| unsafe { *value }), 3);
        assert_eq!(cell.into_inner(), 3);
        assert_eq!(UnsafeCell::<u8>::default().into_inner(), 0);
    });
}

struct Shared {
    ready: AtomicBool,
    value: UnsafeCell<u32>,
}
// SAFETY: the tests order their accesses, or mean not to.
unsafe impl Sync for Shared {}

fn pass(store: Ordering, load: Ordering) {
    let shared = Arc::new(Shared { ready: AtomicBool::new(false), value: UnsafeCell::new(0) });
    let other = Arc::clone(&shared);
    let thread = thread::spawn(move || {
        // SAFETY: before `ready`, only this thread.
        other.value.with_mut(|value| unsafe { *value = 1 });
        other.ready.store(true, store);
    });
    if shared.ready.load(load) {
        // SAFETY: after `ready`, nobody writes.
        assert_eq!(shared.value.with(|value| unsafe { *value }), 1);
    }
    thread.join().unwrap();
}

#[test]
fn an_ordered_hand_over_is_no_race() {
    worlds(|| pass(Ordering::Release, Ordering::Acquire));
}

#[test]
fn an_unordered_one_is() {
    let failure = failure("loom", || under_loom(|| pass(Ordering::Relaxed, Ordering::Relaxed)));
    assert_eq!(failure.kind, FailureKind::DataRace, "{failure:?}");
}

#[test]
fn a_panic_inside_ends_the_access() {
    worlds(|| {
        let cell = UnsafeCell::new(0);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            cell.with_mut(|_| std::panic::resume_unwind(Box::new("on purpose")));
        }));
        assert!(caught.is_err());
        // SAFETY: one thread.
        assert_eq!(cell.with(|value| unsafe { *value }), 0);
    });
}
