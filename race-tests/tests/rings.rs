//! Actors whose senders have a queue each: what is posted commutes, and a reply comes after all that came before it.
//!
//! loom explores two calls from each of two threads where the table of strategies is made, with the mistakes that show in
//! results; here are those that show otherwise, and a type that says of its calls what is not so.

use raceproof::guarded;
use raceproof::sync::{Arc, Mutex, PoisonError, mpsc};
use raceproof_test::{Explorer, Kind, Mutation, Rung, subject};

/// Posted additions, and a change that is waited for and commutes with nothing.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Debug, Default)]
struct Sum {
    value: u64,
}

#[guarded]
impl Sum {
    #[commutes]
    pub fn add(&mut self, #[arg(1..3u64)] amount: u64) {
        self.value += amount;
    }
    pub fn double(&mut self) -> u64 {
        self.value = self.value * 2 % 1_000_000;
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[test]
fn a_mailbox_of_rings() {
    let rungs = [Rung::Sequential, Rung::Shuttle, Rung::Threads];
    let report = Explorer::new(subject!(Sum)).rungs(&rungs).threads(3).budget(0.0).run();
    assert!(report.ok(), "{report}");
    assert_eq!(report.left_out.len(), 0, "{report}");
}

/// Whoever finds nobody at work works, if the operating system gives no thread.
#[test]
fn without_a_thread_nothing_is_lost_of_what_lies_in_rings() {
    let alone = subject!(Sum).mutant(Mutation::NoThreadToBeHad);
    let report = Explorer::new(alone).rungs(&[Rung::Sequential, Rung::Shuttle, Rung::Threads]).budget(0.0).run();
    assert!(report.ok(), "{report}");
}

/// The last one wins, so who was the last can be told: these do not commute, whatever stands above them.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Debug, Default)]
struct Register {
    value: u64,
}

#[guarded]
impl Register {
    #[commutes]
    pub fn set(&mut self, #[arg(1..3u64)] value: u64) {
        self.value = value;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// A call that somebody else waits for, otherwise than by a reply.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct Doorman {
    let_in: u64,
}

#[guarded]
impl Doorman {
    #[commutes]
    pub fn open(&mut self, visitor: mpsc::Sender<u64>) {
        self.let_in += 1;
        let _ = visitor.send(self.let_in);
    }
    pub fn let_in(&self) -> u64 {
        self.let_in
    }
}

/// Adds to a sum that outlives it.
#[guarded(actor, mailbox = rings, tests = off)]
struct Adder {
    sum: Arc<Mutex<u64>>,
}

#[guarded]
impl Adder {
    pub fn into(sum: &Arc<Mutex<u64>>) -> Self {
        Self { sum: Arc::clone(sum) }
    }
    #[commutes]
    pub fn add(&mut self, amount: u64) {
        *self.sum.lock().unwrap_or_else(PoisonError::into_inner) += amount;
    }
    #[allow(dead_code)]
    pub fn finish(self) -> u64 {
        *self.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

programs! {
    // The second call comes when the owner is about to rest.
    Heard => u64 {
        let doorman = Doorman::default();
        let (visitor, door) = mpsc::channel();
        for _ in 0..2 {
            doorman.open(visitor.clone());
            let _ = door.recv();
        }
        doorman.let_in()
    }
    // Somebody sets it to 1, and ends; who comes then sets it to 2, and looks.
    LastWins => u64 {
        let register = Arc::new(Register::default());
        let theirs = Arc::clone(&register);
        let _ = raceproof::thread::spawn(move || theirs.set(1)).join();
        register.set(2);
        register.get()
    }
    // When the drop has returned, all is done; more than fits into one segment of a ring.
    Drained => u64 {
        let sum = Arc::new(Mutex::new(0));
        let adder = Adder::into(&sum);
        (0..3).for_each(|bit| adder.add(1 << bit));
        drop(adder);
        *sum.lock().unwrap_or_else(PoisonError::into_inner)
    }
    // To take the state out is to run what was posted first. Another sender has ended by then.
    Finished => u64 {
        let adder = Arc::new(Adder::into(&Arc::new(Mutex::new(0))));
        let theirs = Arc::clone(&adder);
        let other = raceproof::thread::spawn(move || theirs.add(1));
        adder.add(2);
        let _ = other.join();
        Arc::into_inner(adder).map_or(0, Adder::finish)
    }
}

/// One call: what it does inside is what counts.
fn one_call(subject: raceproof_test::Subject) -> Explorer {
    Explorer::new(subject).threads(2).operations(1).budget(0.0)
}

#[test]
fn what_lies_in_rings_is_run_whoever_waits_for_it() {
    for subject in [subject!(Heard), subject!(Drained), subject!(Finished)] {
        let report = one_call(subject).rungs(&[Rung::Sequential, Rung::Loom, Rung::Shuttle]).run();
        assert!(report.ok(), "{report}");
    }
}

#[test]
fn an_owner_that_rests_beside_a_full_ring_is_found() {
    for mutation in [Mutation::BarrierLeftOut, Mutation::WakeUpLost] {
        let report = one_call(subject!(Heard).mutant(mutation)).rungs(&[Rung::Loom]).run();
        let finding = report.finding().unwrap_or_else(|| panic!("{mutation:?}: nothing was found\n{report}"));
        assert_eq!(finding.kind, Kind::Deadlock, "{finding}");
    }
}

#[test]
fn a_ring_that_is_not_emptied_is_missed() {
    for subject in [subject!(Drained), subject!(Finished)] {
        for mutation in [Mutation::RingsNotEmptied, Mutation::DrainSkipped] {
            let report = one_call(subject.mutant(mutation)).rungs(&[Rung::Shuttle]).run();
            let finding = report.finding().unwrap_or_else(|| panic!("{mutation:?}: nothing was found\n{report}"));
            assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
        }
    }
}

#[test]
fn calls_that_do_not_commute_are_found_whatever_they_say() {
    // The program itself knows which of them was first, so the report needs no clock.
    let report = one_call(subject!(LastWins)).rungs(&[Rung::Shuttle]).run();
    let finding = report.finding().unwrap_or_else(|| panic!("nothing was found\n{report}"));
    assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
    // What follows is the interleaving, with lines of the actor's own source.
    let text = finding.to_string();
    insta::assert_snapshot!(text.split("\ninterleaving").next().unwrap_or_default());
}
