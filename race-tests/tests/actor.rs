//! Actors: mailboxes with a thread of their own, and mailboxes that their callers empty; with a bound, and without.

use raceproof::sync::{Arc, Barrier, Mutex, PoisonError};
use raceproof::{guarded, race_test};
use raceproof_test::{Explorer, Finding, Kind, Mutation, Report, Rung, Subject, subject};

/// Digits in the order of the calls that added them, so that no call can be lost, run twice or run out of order unseen.
macro_rules! digits {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Debug, Default)]
        struct $name {
            value: u64,
        }

        #[guarded]
        impl $name {
            /// Posted.
            pub fn post(&mut self, #[arg(1..3u64)] digit: u64) {
                self.value = (self.value * 10 + digit) % 1_000_000;
            }
            /// Waited for.
            pub fn add(&mut self, #[arg(1..3u64)] digit: u64) -> u64 {
                self.value = (self.value * 10 + digit) % 1_000_000;
                self.value
            }
            pub fn get(&self) -> u64 {
                self.value
            }
        }
    )+ };
}

digits! {
    ByThread, actor;
    ByThreadBounded, actor, owner = thread, mailbox = 1;
    ByCaller, actor, owner = caller;
    ByCallerBounded, actor, owner = caller, mailbox = 1;
}

/// What panics, posted and waited for.
macro_rules! fuses {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Debug, Default)]
        struct $name {
            load: u64,
        }

        #[guarded]
        impl $name {
            pub fn load(&mut self, #[arg(1..3u64)] amount: u64) {
                assert!(self.load + amount < 4, "blown by {amount}");
                self.load += amount;
            }
            pub fn try_load(&mut self, #[arg(1..3u64)] amount: u64) -> u64 {
                assert!(self.load + amount < 4, "blown by {amount}, loudly");
                self.load += amount;
                self.load
            }
            pub fn get(&self) -> u64 {
                self.load
            }
        }
    )+ };
}

fuses! {
    ThreadFuse, actor;
    CallerFuse, actor, owner = caller;
}

/// Explores with one seed, or with as many as `RACEPROOF_SEEDS` says.
fn explore(subject: &Subject, rungs: &[Rung]) {
    let seeds = std::env::var("RACEPROOF_SEEDS").ok().map_or(1, |text| text.trim().parse().expect("a number of seeds"));
    for number in 0..seeds {
        let seed = u64::wrapping_mul(number, 0x9e37_79b9_7f4a_7c15) ^ 0x5eed;
        let report = Explorer::new(subject.clone()).rungs(rungs).seed(seed).budget(0.0).run();
        assert!(report.ok(), "seed {seed}: {report}");
        assert_eq!(report.left_out.len(), 0, "{report}");
    }
}

const CORRECT: [Rung; 5] = [Rung::Sequential, Rung::Loom, Rung::Dpor, Rung::Shuttle, Rung::Threads];

/// loom explores posted calls beside those that wait in `seeds.rs`, and those beside reads where the table of strategies is
/// made: a mailbox with a thread takes it longer than all else here together.
#[test]
fn a_mailbox_with_a_thread() {
    explore(&subject!(ByThread), &[Rung::Sequential, Rung::Dpor, Rung::Shuttle, Rung::Threads]);
}

#[test]
fn a_mailbox_with_a_thread_and_a_bound() {
    explore(&subject!(ByThreadBounded), &[Rung::Sequential, Rung::Shuttle, Rung::Threads]);
}

#[test]
fn a_mailbox_that_callers_empty() {
    explore(&subject!(ByCaller), &CORRECT);
}

#[test]
fn a_mailbox_that_callers_empty_with_a_bound() {
    explore(&subject!(ByCallerBounded), &CORRECT);
}

/// The operating system may have no thread left: then who wanted one works in its place, and nothing is lost. Judged as any
/// other execution, replies, order and the end included.
#[test]
fn without_a_thread_nothing_is_lost() {
    let alone = |subject: Subject| subject.mutant(Mutation::NoThreadToBeHad);
    explore(&alone(subject!(ByThread)), &[Rung::Sequential, Rung::Dpor, Rung::Threads]);
    explore(&alone(subject!(ByThreadBounded)), &[Rung::Loom, Rung::Shuttle]);
}

/// Whether a call panics, and with which words, is part of its result, so this also says whose panic it is.
#[test]
fn a_panic_comes_to_the_caller_who_waits_and_otherwise_to_the_next_one() {
    explore(&subject!(ThreadFuse), &[Rung::Sequential, Rung::Shuttle, Rung::Threads]);
    explore(&subject!(CallerFuse), &CORRECT);
}

/// What happens inside of one call of the explored type, several actors and threads included.
macro_rules! programs {
    ($($name:ident => $result:ty $body:block)+) => { $(
        #[guarded(rwlock, tests = off)]
        #[derive(Default)]
        struct $name {}

        #[guarded]
        impl $name {
            pub fn run(&self) -> $result $body
        }
    )+ };
}

/// Adds to a sum that outlives it.
macro_rules! adders {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        struct $name {
            sum: Arc<Mutex<u64>>,
        }

        #[guarded]
        impl $name {
            pub fn into(sum: &Arc<Mutex<u64>>) -> Self {
                Self { sum: Arc::clone(sum) }
            }
            pub fn add(&mut self, amount: u64) {
                assert_ne!(amount, 13, "an unlucky amount");
                *self.sum.lock().unwrap_or_else(PoisonError::into_inner) += amount;
            }
            #[allow(dead_code)]
            pub fn finish(self) -> u64 {
                *self.sum.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    )+ };
}

adders! {
    ThreadAdder, actor;
    BoundedAdder, actor, mailbox = 1;
    CallerAdder, actor, owner = caller;
}

programs! {
    // When the drop has returned, all is done.
    Drained => u64 {
        let sum = Arc::new(Mutex::new(0));
        let adder = ThreadAdder::into(&sum);
        adder.add(1);
        adder.add(2);
        drop(adder);
        *sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
    // Also if the mailbox was full.
    DrainedWithABound => u64 {
        let sum = Arc::new(Mutex::new(0));
        let adder = BoundedAdder::into(&sum);
        adder.add(1);
        adder.add(2);
        adder.add(4);
        drop(adder);
        *sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
    // Also if a method has panicked: what was posted after that is thrown away, what was posted before is not.
    DrainedAfterAPanic => u64 {
        let sum = Arc::new(Mutex::new(0));
        let adder = ThreadAdder::into(&sum);
        adder.add(1);
        adder.add(13);
        adder.add(2);
        drop(adder);
        *sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
    // To take the state out is to run what was posted first.
    Finished => u64 {
        let adder = ThreadAdder::into(&Arc::new(Mutex::new(0)));
        adder.add(1);
        adder.add(2);
        adder.finish()
    }
    // Two senders, one of which goes before its message is run.
    Shared => u64 {
        let sum = Arc::new(Mutex::new(0));
        let adder = Arc::new(CallerAdder::into(&sum));
        let theirs = Arc::clone(&adder);
        let other = raceproof::thread::spawn(move || theirs.add(1));
        adder.add(2);
        drop(adder);
        let _ = other.join();
        *sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[test]
fn the_last_handle_drains_stops_and_joins() {
    for subject in [
        subject!(Drained),
        subject!(DrainedWithABound),
        subject!(DrainedAfterAPanic),
        subject!(Finished),
        subject!(Shared),
    ] {
        // What a call does inside is what counts here; two calls share nothing.
        let report = Explorer::new(subject)
            .threads(2)
            .operations(1)
            .rungs(&[Rung::Sequential, Rung::Loom, Rung::Shuttle])
            .budget(0.0)
            .run();
        assert!(report.ok(), "{report}");
    }
}

/// An actor whose method waits until somebody opens a gate.
macro_rules! gates {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            passed: u32,
        }

        #[guarded]
        impl $name {
            pub fn pass(&mut self, gate: Arc<Barrier>) {
                gate.wait();
                self.passed += 1;
            }
            #[allow(dead_code)]
            pub fn hold(&mut self, entered: Arc<Barrier>, gate: Arc<Barrier>) {
                entered.wait();
                gate.wait();
                self.passed += 100;
            }
            pub fn note(&mut self) {
                self.passed += 10;
            }
            pub fn passed(&self) -> u32 {
                self.passed
            }
        }
    )+ };
}

gates! {
    ThreadGate, actor, mailbox = 1;
    ThreadGateForTwo, actor, mailbox = 2;
    CallerGate, actor, owner = caller, mailbox = 1;
}

/// One place, and a method that waits for what comes after the next message: it has left its place when it begins.
#[race_test(engines = [loom, shuttle, threads], outcomes = [11])]
fn a_method_that_waits_keeps_no_place() -> u32 {
    let (actor, gate) = (ThreadGate::default(), Arc::new(Barrier::new(2)));
    actor.pass(Arc::clone(&gate));
    actor.note();
    gate.wait();
    actor.passed()
}

/// Nor do those keep theirs that were taken together with it, and run before it.
#[race_test(engines = [shuttle, threads], outcomes = [31])]
fn nor_do_those_that_ran_before_it() -> u32 {
    let (actor, gate) = (ThreadGateForTwo::default(), Arc::new(Barrier::new(2)));
    actor.note();
    actor.pass(Arc::clone(&gate));
    actor.note();
    actor.note();
    gate.wait();
    actor.passed()
}

/// The same where a caller works, and runs the message of another who goes on meanwhile.
#[race_test(engines = [shuttle, threads], outcomes = [111])]
fn a_caller_that_waits_keeps_no_place() -> u32 {
    let gate = || Arc::new(Barrier::new(2));
    let (actor, entered, first, second) = (Arc::new(CallerGate::default()), gate(), gate(), gate());
    let thread = raceproof::thread::spawn({
        let (actor, entered, first) = (Arc::clone(&actor), Arc::clone(&entered), Arc::clone(&first));
        move || actor.hold(entered, first)
    });
    entered.wait();
    actor.pass(Arc::clone(&second));
    first.wait();
    actor.note();
    second.wait();
    thread.join().unwrap();
    actor.passed()
}

#[test]
fn what_is_not_drained_is_missed() {
    for subject in [subject!(Drained), subject!(Finished)] {
        let broken = subject.mutant(Mutation::DrainSkipped);
        let report = Explorer::new(broken).rungs(&[Rung::Shuttle]).budget(0.0).run();
        let finding = found(&report);
        assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
    }
}

fn found(report: &Report) -> &Finding {
    report.finding().unwrap_or_else(|| panic!("nothing was found\n{report}"))
}

/// A counter in a static, with a thread: an execution has a copy of its own, and ends the thread when it ends.
#[guarded(actor, tests = off)]
struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub const fn new() -> Self {
        Self { value: 0 }
    }
    pub fn hit(&mut self) {
        self.value += 1;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

static HITS: Hits = Hits::new();

#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Page {}

#[guarded]
impl Page {
    pub fn hit(&self) {
        HITS.hit();
    }
    pub fn hits(&self) -> u64 {
        HITS.get()
    }
}

/// A second execution would come to more, if the first had left anything.
#[race_test(engines = [loom, dpor, shuttle], executions = 400, outcomes = [2])]
fn a_static_actor_starts_each_execution_anew() -> u64 {
    let other = raceproof::thread::spawn(|| HITS.hit());
    HITS.hit();
    other.join().unwrap();
    HITS.get()
}

#[test]
fn a_static_actor_is_set_up_afresh_and_ended_for_each_execution() {
    let report = Explorer::new(subject!(Page)).rungs(&[Rung::Sequential, Rung::Shuttle]).budget(0.0).run();
    assert!(report.ok(), "{report}");
    // Outside it keeps a value of its own.
    let before = HITS.get();
    HITS.hit();
    assert_eq!(HITS.get(), before + 1);
}

/// An actor inside a lock, and its specification with an actor inside.
#[guarded(tests = off)]
#[derive(Default)]
struct Wrapped {
    inner: ByCaller,
    own: ByThread,
}

#[guarded]
impl Wrapped {
    pub fn post(&mut self, #[arg(1..3u64)] digit: u64) {
        self.inner.post(digit);
        self.own.post(digit);
    }
    pub fn get(&self) -> (u64, u64) {
        (self.inner.get(), self.own.get())
    }
}

#[test]
fn an_actor_inside_another_type_is_explored_with_it() {
    let report =
        Explorer::new(subject!(Wrapped)).rungs(&[Rung::Sequential, Rung::Dpor, Rung::Shuttle]).budget(0.0).run();
    assert!(report.ok(), "{report}");
}
