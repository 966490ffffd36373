//! `left_right` as it ships: many threads, threads that end, reads in the midst of other things, and panics.

use raceproof::guarded;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// Two halves that only ever change together.
#[guarded(left_right)]
#[derive(Clone, Debug, Default)]
struct Halves {
    left: u64,
    right: u64,
}

#[guarded]
impl Halves {
    pub const fn new() -> Self {
        Self { left: 0, right: 0 }
    }
    pub fn step(&mut self) -> u64 {
        self.left += 1;
        self.right += 1;
        self.left
    }
    pub fn both(&self) -> (u64, u64) {
        (self.left, self.right)
    }
    pub fn step_or_fail(&mut self, fail: bool) {
        self.left += 1;
        assert!(!fail, "in the midst");
        self.right += 1;
    }
    #[allow_callback]
    pub fn read_with(&self, body: impl Fn(u64)) {
        body(self.left);
    }
}

static SHARED: Halves = Halves::new();

// More readers than the first slots, coming and going, while two threads change.
#[test]
fn readers_come_and_go_while_others_write() {
    const STEPS: u64 = 2_000;
    let done = AtomicBool::new(false);
    let reads = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    // Short-lived readers: their numbers are given back, and used again.
                    thread::scope(|short| {
                        for _ in 0..4 {
                            short.spawn(|| {
                                let mut latest = 0;
                                for _ in 0..50 {
                                    let (left, right) = SHARED.both();
                                    assert_eq!(left, right, "a copy is seen while it is changed");
                                    assert!(left >= latest, "time goes backwards");
                                    latest = left;
                                    reads.fetch_add(1, Ordering::Relaxed);
                                }
                            });
                        }
                    });
                }
            });
        }
        let writers: Vec<_> = (0..2).map(|_| scope.spawn(|| (0..STEPS).for_each(|_| _ = SHARED.step()))).collect();
        writers.into_iter().for_each(|writer| writer.join().expect("no writer panics"));
        done.store(true, Ordering::Release);
    });
    assert_eq!(SHARED.both(), (2 * STEPS, 2 * STEPS));
    assert!(reads.load(Ordering::Relaxed) > 0);
}

// Where writes are frequent readers have fences of their own, and where they are rare they have none: two threads read all the
// while, and the third goes to and fro between the two ways, by as many reads as it takes.
#[test]
fn readers_with_fences_and_without_see_no_half_change() {
    const TURNS: u64 = 40;
    const BURST: u64 = 20;
    let halves = Halves::default();
    let done = AtomicBool::new(false);
    let whole = || {
        let (left, right) = halves.both();
        assert_eq!(left, right, "a copy is seen while it is changed");
        left
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut latest = 0;
                while !done.load(Ordering::Acquire) {
                    let now = whole();
                    assert!(now >= latest, "time goes backwards");
                    latest = now;
                }
            });
        }
        for turn in 1..=TURNS {
            (0..BURST).for_each(|_| _ = halves.step());
            (0..10_000).for_each(|_| assert_eq!(whole(), turn * BURST));
        }
        done.store(true, Ordering::Release);
    });
}

// What a write returned for is seen by whoever reads next, on whatever thread.
#[test]
fn a_write_is_seen_once_it_has_returned() {
    let halves = Halves::default();
    for expected in 1..200 {
        assert_eq!(halves.step(), expected);
        assert_eq!(
            thread::scope(|scope| scope.spawn(|| halves.both()).join().expect("no panic")),
            (expected, expected)
        );
    }
}

#[test]
fn a_panic_in_a_write_leaves_both_copies_as_they_were() {
    let halves = Halves::default();
    for round in 0..3 {
        assert!(catch_unwind(AssertUnwindSafe(|| halves.step_or_fail(true))).is_err());
        assert_eq!(halves.both(), (round, round));
        halves.step_or_fail(false);
        assert_eq!(halves.both(), (round + 1, round + 1));
    }
    assert_eq!(format!("{halves:?}"), "Halves { left: 3, right: 3 }");
}

/// A method that is not deterministic: it panics the second time that it is applied.
#[guarded(left_right)]
#[derive(Clone, Default)]
struct Moody {
    value: u64,
}

thread_local! {
    static APPLIED: RefCell<u32> = const { RefCell::new(0) };
}

#[guarded]
impl Moody {
    pub fn change(&mut self) {
        self.value += 1;
        let times = APPLIED.with_borrow_mut(|times| {
            *times += 1;
            *times
        });
        assert!(times != 2, "not twice");
    }
    pub fn value(&self) -> u64 {
        self.value
    }
}

#[test]
fn a_panic_in_the_second_application_has_taken_effect_and_is_told() {
    let moody = Moody::default();
    assert!(catch_unwind(AssertUnwindSafe(|| moody.change())).is_err());
    assert_eq!(moody.value(), 1);
    moody.change();
    assert_eq!((moody.value(), moody.clone().value()), (2, 2));
}

// A destructor of a thread-local reads after the thread has given its number back, or before: either works.
#[test]
fn a_thread_that_ends_can_still_read() {
    static LAST: Halves = Halves::new();
    static SEEN: AtomicU64 = AtomicU64::new(0);
    struct Reads;
    impl Drop for Reads {
        fn drop(&mut self) {
            // A read inside a read is one there too, and a write inside a read is refused, not waited for.
            LAST.read_with(|left| {
                assert!(catch_unwind(|| LAST.step()).is_err());
                SEEN.fetch_add(if LAST.both() == (left, left) { left } else { 100 }, Ordering::Relaxed);
            });
        }
    }
    thread_local! {
        static BEFORE: RefCell<Option<Reads>> = const { RefCell::new(None) };
        static AFTER: RefCell<Option<Reads>> = const { RefCell::new(None) };
    }
    LAST.step();
    let ended = thread::spawn(|| {
        // One is destroyed after the number was given back, the other before, whichever way std goes.
        BEFORE.set(Some(Reads));
        LAST.both();
        AFTER.set(Some(Reads));
    });
    ended.join().expect("no panic");
    assert_eq!(SEEN.load(Ordering::Relaxed), 2);
    assert_eq!(LAST.step(), 2, "nobody is waited for that has gone");
}

#[test]
fn a_read_inside_a_read_is_one_and_a_write_is_refused() {
    let halves = Halves::default();
    halves.step();
    halves.read_with(|left| assert_eq!(halves.both(), (left, left)));
    let refused = catch_unwind(AssertUnwindSafe(|| halves.read_with(|_| _ = halves.step())));
    let message = refused.expect_err("it would wait for itself");
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(message.contains("`Halves` is changed from inside one of its own"), "{message}");
    // The outer read is over, so nobody is waited for.
    assert_eq!(halves.step(), 2);
}
