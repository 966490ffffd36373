//! Asking the engine, refusing what it cannot carry, and what happens when it has given up.

use super::super::native::atomic::{AtomicU64, Ordering};
use super::super::native::{mpsc, thread};
use super::now::{Now, now};
use super::{Failure, FailureKind, World, current, panicking};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

thread_local! {
    static REFUSAL: RefCell<Option<String>> = const { RefCell::new(None) };
    static BLOCKED: RefCell<Option<Blocked>> = const { RefCell::new(None) };
    static SUPERVISOR: RefCell<Option<mpsc::Sender<Failure>>> = const { RefCell::new(None) };
}

/// From now on nothing is asked of the engine.
pub fn give_up() {
    if current() != World::Std {
        now(|now| now.aborting.set(true));
    }
}

/// Whether the engine has given up on this execution: nothing may be asked of it any more.
#[inline]
pub fn aborting() -> bool {
    now(|now| now.aborting.get())
}

/// Asks something of the engine.
///
/// An engine says by a panic that it has given up (a deadlock, say). From then on its objects must be left alone, so
/// the facade's guards let go without telling it. Code that asks it something more all the same, a destructor that
/// locks, cannot be answered, and cannot panic while it unwinds: this OS thread then stops for good, after it has told
/// its supervisor why.
pub fn engine<R>(ask: impl FnOnce() -> R) -> R {
    let (aborting, me) = now(|now| (now.aborting.get(), now.runs.get()));
    if aborting {
        stop_for_good(Failure::from_last_panic());
    }
    // Looked at before: now this thread may be inside a destructor that a panic runs.
    let unwinding = panicking();
    match catch_unwind(AssertUnwindSafe(ask)) {
        Ok(answer) => {
            // Others may have run meanwhile.
            now(|now| now.runs.set(me));
            answer
        }
        Err(payload) => {
            now(|now| now.aborting.set(true));
            if unwinding {
                // A second panic would end the process.
                stop_for_good(Failure::from_payload(&*payload));
            }
            resume_unwind(payload)
        }
    }
}

/// Refuses an operation: it cannot be explored, and silence would be a false "ok".
#[track_caller]
#[cold]
pub fn refuse(what: std::fmt::Arguments<'_>) -> ! {
    refuse_at(what, Location::caller())
}

/// Refuses the operation at `location`.
#[cold]
pub fn refuse_at(what: std::fmt::Arguments<'_>, location: &'static Location<'static>) -> ! {
    if current() == World::Std {
        panic!("{what} (at {location})");
    }
    let refused = Refused(format!("{what} (at {location})"));
    // The panic may be caught by the code under test; this is not.
    now(|now| now.told.set(true));
    REFUSAL.with_borrow_mut(|refusal| _ = refusal.get_or_insert_with(|| refused.0.clone()));
    if panicking() {
        // Inside a destructor that a panic runs, a second panic would end the process.
        stop_for_good(Failure { kind: FailureKind::Refused, message: refused.0, location: None });
    }
    std::panic::panic_any(refused)
}

/// The payload of [`refuse`]'s panic.
pub struct Refused(pub String);

/// Whether there may be a refusal or a wait to be taken: hardly ever, and each call of a specification asks.
#[inline(always)]
pub fn told() -> bool {
    now(|now| now.told.get())
}

/// Whether anything was refused on this OS thread since the last call of [`take_refusal`].
pub fn refused() -> bool {
    REFUSAL.with_borrow(Option::is_some)
}

/// The first refusal on this OS thread since the last call: also one whose panic the code under test has caught.
pub fn take_refusal() -> Option<String> {
    let refusal = REFUSAL.take();
    if refusal.is_some() {
        now(|now| now.told.set(BLOCKED.with_borrow(Option::is_some)));
    }
    refusal
}

/// The payload of a panic in a specification: the call cannot go on alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// What it waits for.
    pub message: String,
    /// Whether nobody could ever let it go on: it holds the lock itself.
    pub forever: bool,
}

/// Ends an operation of a specification that would wait: nobody else is there to let it go on.
#[cold]
pub fn block(message: String, forever: bool) -> ! {
    let blocked = Blocked { message, forever };
    // As for a refusal: the panic may be caught.
    now(|now| now.told.set(true));
    BLOCKED.set(Some(blocked.clone()));
    std::panic::panic_any(blocked)
}

/// Why the last operation of a specification could not go on, once.
pub fn take_blocked() -> Option<Blocked> {
    let blocked = BLOCKED.take();
    if blocked.is_some() {
        now(|now| now.told.set(refused()));
    }
    blocked
}

/// Tells this OS thread's supervisor, and never goes on. Without a supervisor nobody could tell that from a hang: then
/// the process ends, with the reason.
fn stop_for_good(failure: Failure) -> ! {
    let told = SUPERVISOR.with_borrow(|supervisor| match supervisor {
        Some(supervisor) => supervisor.send(failure.clone()).is_ok(),
        None => false,
    });
    if !told {
        eprintln!("raceproof: {} while a thread unwinds, and nobody supervises the exploration", failure.message);
        std::process::abort();
    }
    loop {
        thread::park();
    }
}

/// Makes `supervisor` the one who is told when this OS thread stops for good, and `beats` what shows that it lives.
pub fn supervised_by(supervisor: mpsc::Sender<Failure>, beats: &'static AtomicU64) {
    SUPERVISOR.set(Some(supervisor));
    now(|now| now.beats.set(Some(beats)));
}

/// Signs of life of this OS thread so far, if anybody supervises it: a measure of the work done, which is the same on a slow
/// machine as on a fast one.
pub fn beats() -> Option<u64> {
    now(|now| now.beats.get()).map(|beats| beats.load(Ordering::Relaxed))
}

/// A sign of life: the code under test has reached the facade, or the explorer goes on.
#[inline]
pub fn beat() {
    now(beat_of);
}

#[inline]
pub(super) fn beat_of(now: &Now) {
    if let Some(beats) = now.beats.get() {
        beats.store(beats.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }
}
