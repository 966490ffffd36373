//! States in an atomic word: the built-in counter, every read-modify-write, several fields in one word, and what an
//! ordering is for.

use raceproof::counter::AtomicCounter;
use raceproof::guarded;
use raceproof_test::race_tests;

race_tests!(AtomicCounter, budget = 0.3);

/// Every read-modify-write that is recognised, on a narrow field, so that carries and signs would show.
#[guarded(atomic, tests = off)]
struct Word {
    value: i8,
}

#[guarded]
impl Word {
    pub const fn new() -> Self {
        Self { value: 2 }
    }
    pub fn add(&mut self, n: i8) -> i8 {
        self.value = self.value.wrapping_add(n);
        self.value
    }
    pub fn raise(&mut self, n: i8) -> i8 {
        let old = self.value;
        self.value = self.value.max(n);
        old
    }
    pub fn lower(&mut self, n: i8) {
        self.value = self.value.min(n);
    }
    pub fn flip(&mut self, n: i8) {
        self.value ^= n;
    }
    pub fn keep(&mut self, n: i8) {
        self.value &= !n;
    }
    pub fn replace(&mut self, n: i8) -> i8 {
        std::mem::replace(&mut self.value, n)
    }
    /// No instruction: the loop.
    pub fn double(&mut self) {
        self.value = self.value.wrapping_mul(2);
    }
    pub fn get(&self) -> i8 {
        self.value
    }
}

race_tests!(Word, budget = 0.5);

/// A lock by hand, of two fields: nobody ever sees one changed and the other not.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Turnstile {
    open: bool,
    inside: u8,
}

#[guarded]
impl Turnstile {
    pub fn toggle(&mut self) -> bool {
        self.open = !self.open;
        self.open
    }
    pub fn enter(&mut self) -> Result<u8, ()> {
        if !self.open {
            return Err(());
        }
        self.inside = self.inside.wrapping_add(1);
        Ok(self.inside)
    }
    pub fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
    }
    pub fn state(&self) -> (bool, u8) {
        (self.open, self.inside)
    }
}

race_tests!(Turnstile, budget = 0.5);

/// A flag that publishes what stands beside it, as callers use a lock: with the word's orderings weakened the reader could
/// see the flag and not what it stands for. The word's own loop is not involved: `raise` is an exchange.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Flag {
    up: bool,
}

#[guarded]
impl Flag {
    pub fn raise(&mut self) {
        self.up = true;
    }
    pub fn is_up(&self) -> bool {
        self.up
    }
}

mod publishing {
    use super::Flag;
    use raceproof::cell::UnsafeCell;
    use raceproof::explore::Mutation;
    use raceproof::explore::engine::{End, Flow, Outcome, loom, supervise};
    use raceproof::explore::mutation;
    use raceproof::explore::world::FailureKind;
    use raceproof::sync::Arc;
    use raceproof::thread;
    use std::time::Duration;

    struct Shared {
        flag: Flag,
        data: UnsafeCell<u32>,
    }
    // SAFETY: the flag orders the accesses, or is meant not to.
    unsafe impl Sync for Shared {}

    fn explored(broken: Option<Mutation>) -> Outcome {
        let explore = move || {
            loom::explore(&loom::Config::default(), move || {
                mutation::within(broken, || {
                    let shared = Arc::new(Shared { flag: Flag::default(), data: UnsafeCell::new(0) });
                    let other = Arc::clone(&shared);
                    let thread = thread::spawn(move || {
                        // SAFETY: before the flag is up only this thread is here.
                        other.data.with_mut(|data| unsafe { *data = 1 });
                        other.flag.raise();
                    });
                    if shared.flag.is_up() {
                        // SAFETY: the flag is up, so the other thread has written, and writes no more.
                        assert_eq!(shared.data.with(|data| unsafe { *data }), 1);
                    }
                    thread.join().unwrap();
                });
                Flow::Continue
            })
        };
        match supervise(Duration::from_secs(60), explore) {
            Ok(outcome) => outcome,
            Err(stuck) => panic!("{stuck:?}"),
        }
    }

    #[test]
    fn what_is_written_before_the_flag_is_seen_after_it() {
        let outcome = explored(None);
        assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
    }

    #[test]
    fn with_relaxed_orderings_it_is_not() {
        let outcome = explored(Some(Mutation::OrderingsRelaxed));
        assert!(matches!(&outcome.end, End::Failed(failure) if failure.kind == FailureKind::DataRace), "{outcome:?}");
    }
}
