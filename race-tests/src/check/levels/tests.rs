//! Histories written by hand: of each level one that has it and one that breaks it, and what they show of the stronger.

use super::*;
use crate::check::BUDGET;
use crate::scenario::{Call, Scenario};
use raceproof::explore::argument::Code;
use raceproof::guarded;

/// Two tallies, a total of each level, and the sum that nobody may get wrong.
#[guarded(tests = off)]
#[derive(Default)]
struct Tally {
    first: u8,
    second: u8,
}

#[guarded]
impl Tally {
    pub fn first(&mut self) {
        self.first += 1;
    }
    pub fn second(&mut self) {
        self.second += 10;
    }
    #[consistency(sequential)]
    pub fn behind(&self) -> u8 {
        self.first + self.second
    }
    #[consistency(quiescent)]
    pub fn rough(&self) -> u8 {
        self.first + self.second
    }
    pub fn exact(&self) -> u8 {
        self.first + self.second
    }
}

/// A call with its result as it is shown, from when to when.
type Seen = (&'static str, &'static str, u32, u32);

/// Judges a history: thread by thread, all of it in parallel, but for what is called `before` and `after`.
fn judged(before: &[Seen], threads: &[&[Seen]], after: &[Seen]) -> Judged {
    judged_within(before, threads, after, BUDGET)
}

fn judged_within(before: &[Seen], threads: &[&[Seen]], after: &[Seen], budget: u64) -> Judged {
    let subject = crate::subject!(Tally);
    let call = |seen: &Seen| {
        let method = subject.inner.methods.iter().position(|info| info.name == seen.0).expect("a method of that name");
        Call { method, codes: Vec::<Code>::new() }
    };
    let calls = |all: &[Seen]| all.iter().map(call).collect::<Vec<_>>();
    let scenario = Scenario {
        prefix: calls(before),
        threads: threads.iter().map(|thread| calls(thread)).collect(),
        suffix: calls(after),
    };
    let operations = scenario.resolve(&subject);
    let columns = columns(&operations);
    let mut hint = 0;
    let mut history = History::default();
    for (number, thread) in threads.iter().enumerate() {
        let mut seen = thread.to_vec();
        if number == 0 {
            seen = [before, thread, after].concat();
        }
        let entry = |(at, (_, result, start, end)): (usize, &Seen)| {
            let operation = &columns[number][at];
            hint += 1;
            let outcome = (*end != PENDING).then(|| outcome_of(&subject, &**operation, result));
            Entry { start: *start, end: *end, outcome, hint }
        };
        history.threads.push(seen.iter().enumerate().map(entry).collect());
    }
    judge(&subject, &operations, &history, budget)
}

/// The number of a result: results are interned, so they are made by running the operation on states that give them.
fn outcome_of(subject: &Subject, operation: &dyn Operation, shown: &str) -> crate::subject::Outcome {
    let find = |name: &str| subject.inner.methods.iter().position(|info| info.name == name).expect("a method");
    let (first, second) = (subject.operation(find("first"), &[]), subject.operation(find("second"), &[]));
    for ones in 0..5 {
        for tens in 0..5 {
            let mut state = subject.specification();
            (0..ones).for_each(|_| _ = state.apply(&*first));
            (0..tens).for_each(|_| _ = state.apply(&*second));
            let (outcome, _) = state.apply(operation);
            if operation.show(outcome) == shown {
                return outcome;
            }
        }
    }
    panic!("no state gives {shown}");
}

fn explained(shown: &[(&'static str, Consistency)]) -> Judged {
    Judged { answer: Answer::Explained, broken: None, shown: shown.to_vec() }
}

/// The level whose promise is broken; where that is a single read's, it is the one that the history has.
fn broken(judged: &Judged) -> Consistency {
    assert_eq!((judged.answer, judged.shown.as_slice()), (Answer::Violation, [].as_slice()));
    judged.broken.map(Promise::level).expect("a violation breaks a promise")
}

// A thread adds, and another one, long after, reads what was before.
#[test]
fn a_stale_read_is_sequentially_consistent_and_not_linearizable() {
    let stale = |read| judged(&[], &[&[("first", "()", 1, 2)], &[(read, "0", 5, 6)]], &[]);
    assert_eq!(stale("behind"), explained(&[("behind", Linearizable)]));
    // In between there was a moment without any call under way: not even quiescently consistent.
    assert_eq!(broken(&stale("rough")), Quiescent);
    assert_eq!(broken(&stale("exact")), Linearizable);
}

// The same after the threads have been joined: the reader has waited for the writer.
#[test]
fn what_was_joined_is_seen_at_every_level() {
    for (read, level) in [("behind", Sequential), ("rough", Quiescent), ("exact", Linearizable)] {
        let after = |result| {
            judged(&[], &[&[("first", "()", 1, 2)], &[("second", "()", 3, 4)]], &[(read, result, AFTER, AFTER)])
        };
        assert_eq!(after("11"), explained(&[]), "{read}");
        assert_eq!(broken(&after("1")), level, "{read}");
        let before =
            |result| judged(&[(read, result, 0, 0)], &[&[("first", "()", 1, 2)], &[("second", "()", 3, 4)]], &[]);
        assert_eq!(before("0"), explained(&[]), "{read}");
        assert_eq!(broken(&before("1")), level, "{read}");
    }
}

// A reader goes through two shards while a writer adds to one and then to the other: it sees the second and not the first.
#[test]
fn a_sweep_is_quiescently_consistent_and_no_more() {
    let sweep = |read| judged(&[], &[&[("first", "()", 2, 3), ("second", "()", 4, 5)], &[(read, "10", 1, 6)]], &[]);
    assert_eq!(sweep("rough"), explained(&[("rough", Sequential), ("rough", Linearizable)]));
    assert_eq!(broken(&sweep("behind")), Sequential);
    assert_eq!(broken(&sweep("exact")), Linearizable);
}

// Two readers see two writers in opposite orders.
#[test]
fn readers_that_disagree_are_not_sequentially_consistent() {
    let disagree = |read: &'static str| {
        judged(
            &[],
            &[
                &[("first", "()", 1, 9)],
                &[("second", "()", 1, 9)],
                &[(read, "1", 1, 2), (read, "11", 3, 9)],
                &[(read, "10", 1, 9)],
            ],
            &[],
        )
    };
    assert_eq!(broken(&disagree("behind")), Sequential);
    assert_eq!(disagree("rough"), explained(&[("rough", Sequential), ("rough", Linearizable)]));
}

// A thread that reads goes backwards: its own order is kept by the one level and not by the other.
#[test]
fn going_backwards_is_for_quiescent_reads_alone() {
    let backwards =
        |read: &'static str| judged(&[], &[&[("first", "()", 1, 9)], &[(read, "1", 2, 3), (read, "0", 4, 5)]], &[]);
    assert_eq!(broken(&backwards("behind")), Sequential);
    assert_eq!(backwards("rough"), explained(&[("rough", Sequential), ("rough", Linearizable)]));
}

// A weaker read excuses nothing but itself.
#[test]
fn the_others_stay_linearizable() {
    let lost = judged(&[], &[&[("first", "()", 1, 2), ("behind", "1", 3, 4)], &[("exact", "0", 5, 6)]], &[]);
    assert_eq!(broken(&lost), Linearizable);
    // A result that never was is no level's.
    for (read, level) in [("behind", Sequential), ("rough", Quiescent)] {
        let never = judged(&[], &[&[("first", "()", 1, 9)], &[(read, "2", 1, 9)]], &[]);
        assert_eq!(broken(&never), level);
    }
}

#[test]
fn a_linearizable_history_shows_nothing() {
    let plain = judged(&[], &[&[("first", "()", 1, 2), ("behind", "1", 3, 4)], &[("rough", "1", 5, 6)]], &[]);
    assert_eq!(plain, explained(&[]));
}

// What has not returned may have happened or not, at every level.
#[test]
fn pending_calls_may_have_taken_effect() {
    for read in ["behind", "rough", "exact"] {
        for result in ["0", "1"] {
            let pending = judged(&[], &[&[("first", "()", 1, PENDING)], &[(read, result, 5, 6)]], &[]);
            assert_eq!(pending, explained(&[]), "{read} -> {result}");
        }
    }
}

// Forty reads at once, two of which never were: there are more orders than anyone can try.
#[test]
fn a_hostile_history_is_given_up() {
    let threads: Vec<Vec<Seen>> = (0..40)
        .map(|i| {
            vec![(
                if i < 20 { "first" } else { "rough" },
                if i < 20 {
                    "()"
                } else if i < 38 {
                    "4"
                } else {
                    "44"
                },
                1,
                9,
            )]
        })
        .collect();
    let borrowed: Vec<&[Seen]> = threads.iter().map(Vec::as_slice).collect();
    assert_eq!(judged_within(&[], &borrowed, &[], 10_000).answer, Answer::Unknown);
}
