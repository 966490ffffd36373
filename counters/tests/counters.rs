//! The ready-made counters as they ship: exact under many threads, sound at the top, and never poisoned by an amount.

use raceproof::counter::{
    ActorCounter, AtomicCounter, Counter, MutexCounter, Overflow, RwLockCounter, SerialCounter, ShardedCounter,
    StripedCounter,
};
use raceproof::{Poison, guarded};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

const THREADS: u64 = 8;

/// Increments and amounts from eight threads, none lost; what a thread reads is never less than before, or than its own.
fn counts_exactly(counter: &(impl Counter + ?Sized)) {
    const EACH: u64 = 5_000;
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut last = 0;
                for nth in 1..=EACH {
                    counter.increment();
                    counter.add(2);
                    counter.try_add(0).expect("0 fits everywhere");
                    let now = counter.get();
                    assert!(now >= last && now >= 3 * nth, "{now} after {last}");
                    last = now;
                }
            });
        }
    });
    assert_eq!(counter.get(), THREADS * EACH * 3);
}

#[test]
fn eight_threads_lose_nothing() {
    let all: [&dyn Counter; 7] = [
        &ActorCounter::new(),
        &SerialCounter::new(),
        &MutexCounter::new(),
        &RwLockCounter::new(),
        &AtomicCounter::new(),
        &ShardedCounter::new(),
        &StripedCounter::new(),
    ];
    all.into_iter().for_each(counts_exactly);
}

#[test]
fn who_sees_the_total_refuses_what_does_not_fit_and_is_as_it_was() {
    fn refuses(counter: impl Counter + Poison, top: u64) {
        assert_eq!(counter.try_add(3), Err(Overflow));
        assert_eq!(counter.get(), top - 2);
        let outcome = catch_unwind(AssertUnwindSafe(|| counter.add(3)));
        let words = outcome.expect_err("it does not fit");
        assert_eq!(words.downcast_ref::<String>().unwrap(), "3 was not added: the counter cannot hold so much");
        assert!(!counter.is_poisoned(), "the panic came after the critical section");
        counter.add(2);
        assert_eq!((counter.try_add(1), counter.try_add(u64::MAX)), (Err(Overflow), Err(Overflow)));
        assert_eq!(counter.get(), top);
        counter.increment();
        counter.add(0);
        assert!(counter.get() >= top, "an increment at the top never takes it down");
    }
    refuses(MutexCounter::starting_at(u64::MAX - 2), u64::MAX);
    refuses(RwLockCounter::starting_at(u64::MAX - 2), u64::MAX);
    refuses(AtomicCounter::starting_at(AtomicCounter::MAX - 2), AtomicCounter::MAX);
    refuses(ActorCounter::starting_at(u64::MAX - 2), u64::MAX);
    refuses(SerialCounter::starting_at(u64::MAX - 2), u64::MAX);
}

#[test]
fn who_does_not_see_the_total_stays_at_the_top() {
    fn stays(counter: impl Counter) {
        counter.add(2);
        assert_eq!(counter.get(), u64::MAX);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    counter.increment();
                    assert_eq!(counter.try_add(u64::MAX), Ok(()));
                    assert_eq!(counter.get(), u64::MAX);
                });
            }
        });
    }
    stays(ShardedCounter::starting_at(u64::MAX - 2));
    stays(StripedCounter::starting_at(u64::MAX - 2));
}

#[test]
fn amounts_that_would_fill_a_stripe_are_counted_all_the_same() {
    let counter = StripedCounter::new();
    counter.add((1 << 63) - 1);
    counter.increment();
    assert_eq!(counter.get(), 1 << 63);
    counter.add(1 << 62);
    thread::scope(|scope| drop(scope.spawn(|| counter.add(1 << 61))));
    assert_eq!(counter.get(), (1 << 63) + (1 << 62) + (1 << 61));
    counter.add(u64::MAX);
    counter.increment();
    assert_eq!(counter.get(), u64::MAX);
}

#[test]
fn threads_hand_their_stripes_on() {
    let counter = StripedCounter::new();
    for round in 1..=200 {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| counter.increment());
            }
        });
        assert_eq!(counter.get(), 4 * round);
    }
}

#[test]
fn a_number_that_comes_back_brings_nothing_along() {
    // More at once than stand in a block itself, on two threads.
    let all: Vec<StripedCounter> = (0..300).map(StripedCounter::starting_at).collect();
    thread::scope(|scope| {
        scope.spawn(|| all.iter().for_each(StripedCounter::increment));
        scope.spawn(|| all.iter().for_each(|counter| counter.add(5)));
    });
    for (start, counter) in all.iter().enumerate() {
        assert_eq!(counter.get(), start as u64 + 6);
    }
    drop(all);
    let again: Vec<StripedCounter> = (0..300).map(|_| StripedCounter::new()).collect();
    assert!(again.iter().all(|counter| counter.get() == 0));
    again.iter().for_each(StripedCounter::increment);
    assert!(again.iter().all(|counter| counter.get() == 1), "the numbers are new owners' now, and their stripes empty");
}

#[test]
fn a_thread_counts_to_its_last_moment() {
    static LAST: StripedCounter = StripedCounter::new();
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            LAST.increment();
        }
    }
    thread_local! {
        static LATE: Cell<Option<Late>> = const { Cell::new(None) };
    }
    for first in [true, false] {
        let before = LAST.get();
        let work = move || {
            // Destructors of thread-locals run in the order of their first use: the counter's own is gone, or not yet.
            if first {
                LAST.increment();
            }
            LATE.set(Some(Late));
            if !first {
                LAST.increment();
            }
        };
        thread::spawn(work).join().expect("it ends");
        assert_eq!(LAST.get(), before + 2);
    }
}

#[guarded(striped)]
#[derive(Debug, Default)]
struct Small {
    value: u8,
}

#[guarded]
impl Small {
    fn private_start() -> u8 {
        250
    }
    pub(crate) fn new() -> Self {
        Self { value: Self::private_start() }
    }
    pub(crate) fn add(&mut self, amount: u8) {
        self.value = self.value.saturating_add(amount);
    }
    pub(crate) fn get(&self) -> u8 {
        self.value
    }
    pub(crate) fn into_value(self) -> u8 {
        self.value
    }
}

#[test]
fn a_narrow_field_stays_at_its_own_top() {
    let small = Small::new();
    small.add(3);
    assert_eq!(small.get(), 253);
    small.add(200);
    assert_eq!(small.get(), u8::MAX);
    assert_eq!(format!("{small:?}"), "Small { value: 255 }");
    assert_eq!(small.into_value(), u8::MAX);
}
