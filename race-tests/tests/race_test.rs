//! `#[race_test]`: free code under every engine, its results, its failures and its tokens.

use raceproof::cell::UnsafeCell;
use raceproof::race_test;
use raceproof::sync::atomic::{AtomicU32, Ordering, Ordering::*};
use raceproof::sync::mpsc::channel;
use raceproof::sync::{Arc, Mutex};
use raceproof::thread;
use raceproof_test::{Kind, RaceReport, RaceTest, Rung, Verdict};

/// Two threads add one, each in two critical sections. What is the value of `bar`?
#[race_test(outcomes = [1, 2])]
fn bar() -> u32 {
    two_sections()
}

fn two_sections() -> u32 {
    let bar = Arc::new(Mutex::new(0));
    let other = Arc::clone(&bar);
    let add = |bar: &Mutex<u32>| {
        let old = *bar.lock().unwrap();
        *bar.lock().unwrap() = old + 1;
    };
    let thread = thread::spawn(move || add(&other));
    add(&bar);
    thread.join().unwrap();
    // The guard goes before the lock.
    *bar.lock().unwrap()
}

#[race_test(engines = [loom], strict)]
fn every_interleaving() {
    let value = Arc::new(Mutex::new(0));
    let other = Arc::clone(&value);
    let thread = thread::spawn(move || *other.lock().unwrap() += 1);
    *value.lock().unwrap() += 1;
    thread.join().unwrap();
    assert_eq!(*value.lock().unwrap(), 2);
}

#[race_test(engines = [shuttle, threads], executions = 40)]
#[should_panic(expected = "a panic outside any operation")]
fn a_panic_fails_the_test() {
    assert_eq!(two_sections(), 3);
}

mod tasks {
    use super::*;
    use std::future::poll_fn;
    use std::task::{Poll, Waker};

    /// A value and who waits for it.
    #[derive(Default)]
    struct Slot {
        value: Option<u32>,
        waker: Option<Waker>,
    }

    async fn take(slot: Arc<Mutex<Slot>>, store_waker: bool) -> u32 {
        poll_fn(|context| {
            let mut slot = slot.lock().unwrap();
            match slot.value.take() {
                Some(value) => Poll::Ready(value),
                None => {
                    slot.waker = store_waker.then(|| context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn put(slot: &Mutex<Slot>, value: u32) {
        let mut slot = slot.lock().unwrap();
        slot.value = Some(value);
        if let Some(waker) = slot.waker.take() {
            drop(slot);
            waker.wake();
        }
    }

    async fn hand_over(store_waker: bool) -> u32 {
        let slot = Arc::new(Mutex::new(Slot::default()));
        let theirs = Arc::clone(&slot);
        let task = raceproof_test::spawn(async move { put(&theirs, 7) });
        let value = take(slot, store_waker).await;
        task.join().unwrap();
        value
    }

    #[race_test(outcomes = [7])]
    async fn a_task_is_woken() -> u32 {
        hand_over(true).await
    }

    #[test]
    fn a_waker_that_is_forgotten_is_a_deadlock() {
        let report = RaceTest::new("forgotten", || raceproof_test::block_on(hand_over(false))).budget(0.2).run();
        assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::Deadlock), "{report}");
    }
}

fn values<T: Copy>(report: &RaceReport<T>) -> Vec<T> {
    report.reached.iter().map(|reached| reached.value).collect()
}

#[test]
fn every_result_has_a_witness_that_replays() {
    for rung in [Rung::Loom, Rung::Shuttle] {
        let test = || RaceTest::new("bar", two_sections).engines(&[rung]).budget(0.1);
        let report = test().run();
        assert_eq!(values(&report), [1, 2], "{report}");
        for reached in &report.reached {
            let token = reached.token.as_deref().expect("a witness");
            let witness = test().replay_once(token).expect("it replays");
            assert_eq!(witness.kind, Kind::Witness, "{witness}");
            assert!(witness.to_string().contains(&format!("it returned {}", reached.value)), "{witness}");
        }
        assert!(report.to_string().contains("bar can return"), "{report}");
    }
}

#[test]
fn a_result_that_is_not_expected_fails_with_its_interleaving() {
    let report = RaceTest::new("bar", two_sections).engines(&[Rung::Loom]).outcomes([2]).run();
    insta::assert_snapshot!(report.finding().expect("1 is reached"));
    let report = RaceTest::new("bar", two_sections).engines(&[Rung::Shuttle]).outcomes([2]).run();
    assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::UnexpectedOutcome), "{report}");
}

#[test]
fn a_result_that_is_not_reached_fails_only_where_everything_was_run() {
    let test = || RaceTest::new("bar", two_sections).outcomes([1, 2, 3]);
    let report = test().engines(&[Rung::Loom]).run();
    let finding = report.finding().expect("3 is never reached");
    assert_eq!(finding.kind, Kind::MissingOutcome, "{finding}");
    assert!(finding.to_string().contains("reached by no execution: 3"), "{finding}");
    let report = test().engines(&[Rung::Shuttle]).budget(0.0).run();
    assert!(report.ok(), "{report}");
    assert_eq!(report.not_reached, ["3"]);
    assert!(report.to_string().contains("no engine has run everything: 3"), "{report}");
    let report = test().engines(&[Rung::Shuttle]).budget(0.0).strict(true).run();
    assert!(!report.ok() && report.finding().is_none(), "{report}");
}

/// Each thread raises its flag and looks at the other's.
fn store_buffering(ordering: [Ordering; 2]) -> (u32, u32) {
    let flags = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
    let other = Arc::clone(&flags);
    let [store, load] = ordering;
    let thread = thread::spawn(move || {
        other.1.store(1, store);
        other.0.load(load)
    });
    flags.0.store(1, store);
    let mine = flags.1.load(load);
    (mine, thread.join().unwrap())
}

#[test]
fn what_only_looms_seq_cst_shows_is_inconclusive() {
    let allowed = [(0, 1), (1, 0), (1, 1)];
    let report =
        RaceTest::new("SeqCst", || store_buffering([SeqCst, SeqCst])).engines(&[Rung::Loom]).outcomes(allowed).run();
    assert!(report.ok(), "no false alarm: {report}");
    let loom = &report.report.rungs[0];
    assert!(matches!(&loom.verdict, Verdict::Bounded(why) if why.contains("inconclusive")), "{report}");
    let weak = loom.weak.as_ref().expect("it is told");
    assert!(weak.to_string().contains("inconclusive: loom takes SeqCst"), "{weak}");
    // With less than SeqCst it is a bug, and it is told what to do.
    let report =
        RaceTest::new("less", || store_buffering([Release, Acquire])).engines(&[Rung::Loom]).outcomes(allowed).run();
    let finding = report.finding().expect("(0, 0) is reached");
    assert!(finding.to_string().contains("put a `fence(SeqCst)` between"), "{finding}");
}

#[test]
fn old_values_are_told_with_what_would_order_them() {
    let hand_over = |store: Ordering, load: Ordering| {
        move || {
            let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
            let other = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                other.0.store(7, Relaxed);
                other.1.store(1, store);
            });
            if shared.1.load(load) == 1 {
                // Under loom it may be old.
                assert_eq!(shared.0.load(Relaxed), 7);
            }
            thread.join().unwrap();
        }
    };
    let report = |store, load| RaceTest::new("hand over", hand_over(store, load)).engines(&[Rung::Loom]).run();
    let missing_release = report(Relaxed, Acquire);
    let text = missing_release.finding().expect("an old value").to_string();
    assert!(text.contains("the load of AtomicU32 #2 returned 0, an old value"), "{text}");
    assert!(text.contains("store(Relaxed) of AtomicU32 #1") && text.contains("must be Release"), "{text}");
    assert!(!text.contains("must be Acquire"), "{text}");
    let text = report(Release, Relaxed).finding().expect("an old value").to_string();
    assert!(text.contains("must be Acquire") && !text.contains("must be Release"), "{text}");
    let both = report(Relaxed, Relaxed);
    insta::assert_snapshot!(both.finding().expect("an old value"));
    assert!(report(Release, Acquire).ok());
}

#[test]
fn failures_replay_from_their_tokens() {
    for rung in [Rung::Loom, Rung::Shuttle] {
        let test = || RaceTest::new("two", || assert_eq!(two_sections(), 2)).engines(&[rung]).budget(0.1);
        let report = test().run();
        let finding = report.finding().expect("an update is lost");
        assert_eq!(finding.kind, Kind::Panic, "{finding}");
        let again = test().replay_once(&finding.token).expect("it replays");
        assert_eq!(again.kind, Kind::Panic, "{again}");
        assert!(test().replay_once("rp1~x").is_err());
        assert!(RaceTest::new("other", two_sections).replay_once(&finding.token).is_err());
    }
}

#[test]
fn timed_code_is_explored_and_replayed() {
    let test = || {
        RaceTest::new("timed", || {
            let (sender, receiver) = channel();
            let thread = thread::spawn(move || _ = sender.send(1));
            let received = receiver.recv_timeout(std::time::Duration::from_secs(1)).is_ok();
            drop(receiver);
            thread.join().unwrap();
            received
        })
        .engines(&[Rung::Loom])
    };
    let report = test().run();
    assert_eq!(values(&report), [false, true], "{report}");
    for reached in &report.reached {
        let witness = test().replay_once(reached.token.as_deref().expect("a witness")).expect("it replays");
        assert!(witness.to_string().contains(&format!("it returned {}", reached.value)), "{witness}");
    }
}

#[test]
fn dpor_says_that_these_are_all_results() {
    let report = RaceTest::new("bar", two_sections).engines(&[Rung::Dpor]).strict(true).run();
    assert!(report.ok() && report.exact(), "{report}");
    let values: Vec<u32> = report.reached.iter().map(|reached| reached.value).collect();
    assert_eq!(values, [1, 2]);
    assert!(report.to_string().contains("these are all of its results: 1, 2"), "{report}");
    for reached in &report.reached {
        let token = reached.token.as_deref().expect("a witness");
        let again = RaceTest::new("bar", two_sections).replay_once(token).expect("it can be taken again");
        assert_eq!(again.kind, Kind::Witness, "{again}");
        assert!(again.to_string().contains(&format!("it returned {}", reached.value)), "{again}");
    }
    // What is not reached is not expected.
    let report = RaceTest::new("bar", two_sections).engines(&[Rung::Dpor]).outcomes([2]).run();
    let finding = report.finding().expect("1 is reached");
    assert_eq!(finding.kind, Kind::UnexpectedOutcome, "{finding}");
    assert!(finding.to_string().contains("found by dpor, in execution"), "{finding}");
}

#[test]
fn what_only_weak_memory_gives_is_told_apart() {
    let report = RaceTest::new("less", || store_buffering([Relaxed, Relaxed])).engines(&[Rung::Loom, Rung::Dpor]).run();
    assert!(report.ok() && report.exact(), "{report}");
    let text = report.to_string();
    assert!(text.contains("taken as SeqCst these are all of its results: (0, 1), (1, 0), (1, 1)\n"), "{text}");
    assert!(text.contains("beyond them, by weaker orderings: (0, 0)\n"), "{text}");
}

#[test]
fn dpor_has_the_detectors_too() {
    let crossed = || {
        let pair = Arc::new((Mutex::new(0), Mutex::new(0)));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let first = other.0.lock().unwrap();
            *other.1.lock().unwrap() += *first;
        });
        let second = pair.1.lock().unwrap();
        *pair.0.lock().unwrap() += *second;
        drop(second);
        thread.join().unwrap();
    };
    let dpor = |name: &str, body: fn()| RaceTest::new(name, body).engines(&[Rung::Dpor]).run();
    let report = dpor("crossed", crossed);
    let finding = report.finding().expect("they wait for each other");
    assert_eq!(finding.kind, Kind::Deadlock, "{finding}");
    let text = finding.to_string();
    assert!(text.contains("cycle: A waits for B, B waits for A") && text.contains("RACEPROOF_REPLAY"), "{text}");

    // Two writes that nothing orders: the set of results would be a lie, the race is not.
    let race = |ordered: bool| {
        move || {
            let shared = Arc::new((Cell(UnsafeCell::new(0)), Mutex::new(())));
            let other = Arc::clone(&shared);
            let write = move |shared: &(Cell, Mutex<()>)| {
                let guard = ordered.then(|| shared.1.lock().unwrap());
                // SAFETY: the simulated threads run one at a time.
                shared.0.0.with_mut(|value| unsafe { *value += 1 });
                drop(guard);
            };
            let thread = thread::spawn(move || write(&other));
            write(&shared);
            thread.join().unwrap();
            // SAFETY: the other one has been joined.
            shared.0.0.with(|value| unsafe { *value })
        }
    };
    let report = RaceTest::new("race", race(false)).engines(&[Rung::Dpor]).run();
    assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::DataRace), "{report}");
    let report = RaceTest::new("no race", race(true)).engines(&[Rung::Dpor]).outcomes([2]).run();
    assert!(report.ok() && report.exact(), "{report}");

    // A loop that waits for another thread has as many rounds as you like: not all are tried, and that is said.
    let report = dpor("spins", || {
        let flag = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || other.store(1, Release));
        while flag.load(Acquire) == 0 {
            thread::yield_now();
        }
        thread.join().unwrap();
    });
    assert!(report.ok() && !report.exact(), "{report}");
}

struct Cell(UnsafeCell<u32>);
// SAFETY: that is for the tests to find out; the engines run one simulated thread at a time.
unsafe impl Sync for Cell {}

/// All that a report says but for the time that it took.
fn said(report: &RaceReport<u32>) -> String {
    let rungs = report.report.rungs.iter().map(|one| {
        let verdict = match &one.verdict {
            Verdict::Violation(finding) => finding.to_string(),
            Verdict::Exhausted => "exhausted".to_owned(),
            Verdict::Bounded(why) | Verdict::Unknown(why) => why.clone(),
        };
        format!("{} {} {} {}\n{verdict}\n", one.rung, one.executions, one.histories, one.bounds)
    });
    let reached =
        report.reached.iter().map(|one| format!("{} {:?} {} {:?}\n", one.value, one.rungs, one.executions, one.token));
    rungs.chain(reached).chain(report.warnings.clone()).collect()
}

/// Engines side by side say what they say one after the other; and one after a finding is not heard.
#[test]
fn any_number_of_engines_at_once_says_the_same() {
    let engines = [Rung::Loom, Rung::Dpor, Rung::Shuttle];
    let run = |workers, body: fn() -> u32| {
        RaceTest::new("at once", body).engines(&engines).outcomes([1, 2]).budget(0.0).workers(workers).run()
    };
    let wrong = || two_sections() * 2;
    for (body, rungs) in [(two_sections as fn() -> u32, 3), (wrong, 1)] {
        let alone = run(1, body);
        assert_eq!(alone.report.rungs.len(), rungs, "{alone}");
        assert_eq!(said(&run(3, body)), said(&alone));
    }
}

/// What is read beside a word, and an exchange of that word that finds it as it was: with a count of the changes it would not.
#[test]
fn a_word_that_was_changed_and_changed_back_is_told() {
    let explored = |counts: bool| {
        let body = move || {
            let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(7)));
            let theirs = Arc::clone(&shared);
            let other = thread::spawn(move || {
                let (word, beside) = &*theirs;
                if word.compare_exchange(0, 1, SeqCst, SeqCst).is_ok() {
                    beside.store(8, SeqCst);
                    word.store(if counts { 0x100 } else { 0 }, SeqCst);
                }
            });
            let (word, beside) = &*shared;
            let seen = word.load(SeqCst);
            let read = beside.load(SeqCst);
            let mine = seen == 0 && word.compare_exchange(seen, 2, SeqCst, SeqCst).is_ok();
            let as_it_was = !mine || beside.load(SeqCst) == read;
            other.join().unwrap();
            as_it_was
        };
        RaceTest::new("beside", body).engines(&[Rung::Dpor]).budget(0.0).outcomes([true]).run()
    };
    let report = explored(false);
    let text = report.finding().unwrap_or_else(|| panic!("{report}")).to_string();
    for part in ["what came in between", "thread A reads AtomicU32 #1 at", "(ABA)", "remedy: count the changes"] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(explored(true).ok(), "{}", explored(true));
}
