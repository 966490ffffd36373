//! The talk's own actor: one buffered channel in, one unbuffered channel out, and a select between them.
//!
//! An `add` goes into the channel in, which has room, so its caller does not wait. A `get` waits at the channel out until the
//! owner hands it a value. The owner looks at the one, then at the other; nothing makes it empty the first before it serves
//! the second. So a caller that adds, and then asks, may be served by an owner that has looked at the channel in just before
//! the add: it misses its own.
//!
//! Here it is by hand over the facade, and the owner is whoever asks and finds nobody at it. The twin differs in one thing:
//! it takes note of who asks before it empties the channel in, and serves those alone.

#![allow(unreachable_pub, reason = "as a user would write it")]

use raceproof::concurrent;
use raceproof::sync::{Mutex, MutexGuard, PoisonError};
use raceproof_test::{Explorer, Kind, Report, Rung, Subject, subject};

/// What both actors are to be.
#[derive(Clone, Default, Hash)]
struct Sum(u8);

impl Sum {
    fn add(&mut self, amount: u8) {
        self.0 += amount;
    }
    fn get(&self) -> u8 {
        self.0
    }
}

/// The channel out: callers that ask, by number, and what they were handed.
#[derive(Default)]
struct Out {
    asked: u8,
    asking: Vec<u8>,
    handed: Vec<(u8, u8)>,
}

#[derive(Default)]
struct Channels {
    adds: Mutex<Vec<u8>>,
    out: Mutex<Out>,
    /// Held by the owner for the time being: the sum.
    total: Mutex<u8>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Channels {
    /// Waits until somebody's round has served this call: its own, if there is no owner.
    fn ask(&self, round: impl FnOnce(&mut u8)) -> u8 {
        let me = {
            let mut out = lock(&self.out);
            out.asked += 1;
            let me = out.asked;
            out.asking.push(me);
            me
        };
        let mut total = lock(&self.total);
        let served = |out: &mut Out| {
            let at = out.handed.iter().position(|(caller, _)| *caller == me)?;
            Some(out.handed.swap_remove(at).1)
        };
        let before = served(&mut lock(&self.out));
        before.unwrap_or_else(|| {
            round(&mut total);
            served(&mut lock(&self.out)).expect("a round serves who asked before it")
        })
    }

    fn empty(&self, total: &mut u8) {
        *total += lock(&self.adds).drain(..).sum::<u8>();
    }

    fn serve(&self, total: u8) {
        let out = &mut *lock(&self.out);
        out.handed.extend(out.asking.drain(..).map(|caller| (caller, total)));
    }
}

/// The select: the channel in, then the channel out, with whoever stands there by then.
#[derive(Default)]
struct Select {
    channels: Channels,
}

#[concurrent(spec = Sum, tests = off)]
impl Select {
    pub fn add(&self, #[arg(1..3u8)] amount: u8) {
        lock(&self.channels.adds).push(amount);
    }
    pub fn get(&self) -> u8 {
        self.channels.ask(|total| {
            self.channels.empty(total);
            self.channels.serve(*total);
        })
    }
}

/// The twin: who has asked before the channel in was emptied is served, and nobody else.
#[derive(Default)]
struct Ordered {
    channels: Channels,
}

#[concurrent(spec = Sum, tests = off)]
impl Ordered {
    pub fn add(&self, #[arg(1..3u8)] amount: u8) {
        lock(&self.channels.adds).push(amount);
    }
    pub fn get(&self) -> u8 {
        self.channels.ask(|total| {
            let asking = std::mem::take(&mut lock(&self.channels.out).asking);
            self.channels.empty(total);
            let total = *total;
            lock(&self.channels.out).handed.extend(asking.into_iter().map(|caller| (caller, total)));
        })
    }
}

fn explore(subject: Subject) -> Report {
    Explorer::new(subject).threads(2).operations(2).rungs(&[Rung::Loom, Rung::Dpor, Rung::Shuttle]).budget(0.0).run()
}

#[test]
fn a_caller_of_the_select_misses_its_own_add() {
    let report = explore(subject!(Select));
    let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
    let text = finding.to_string();
    assert!(text.contains("add(") && text.contains("get() -> 0"), "{text}");
    // Program order is enough: it needs no notion of time.
    assert!(text.contains("definite: it needs no notion of time"), "{text}");
}

#[test]
fn its_twin_does_not() {
    let report = explore(subject!(Ordered));
    assert!(report.ok(), "{report}");
}
